const first = 500;
const longest = 15_000;

/** How long to wait before attempt 0, 1, 2, … in milliseconds: doubling, with jitter, so that a thousand clients do not come back in one moment; at least what the server asks for. */
export function backoff(attempt: number, asked: number): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(attempt, 10));
  return Math.max(asked, ceiling / 2 + (Math.random() * ceiling) / 2);
}

/** Waits; throws the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
