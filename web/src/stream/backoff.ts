const longest = 15_000;

/** How long to wait before an attempt: doubling, with jitter, so that a thousand pages do not come back in one moment. */
export function backoff(attempt: number, base: number, random: () => number = Math.random): number {
  const ceiling = Math.min(longest, base * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (random() * ceiling) / 2;
}
