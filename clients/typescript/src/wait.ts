const longest = 15_000;

/** The default of `first`. */
export const shortest = 500;

/**
 * How long to wait before attempt 0, 1, 2, … in milliseconds: doubling, with jitter, so that a thousand clients do not
 * come back in one moment.
 *
 * @param asked What the server asks to wait at least, e.g. `retryAfterMs` of an error.
 * @param first The longest wait before attempt 0.
 */
export function backoff(attempt: number, asked = 0, first = shortest): number {
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
