/** Timers that are asked for more than 24 days run at once. */
const longest = 3_600_000;

/** How long the server asks to wait, in milliseconds: it may say seconds or a date. */
export function retryAfter(headers: Headers): number {
  const asked = headers.get('Retry-After');
  if (asked === null) return 0;
  const seconds = Number(asked);
  const wait = Number.isNaN(seconds) ? Date.parse(asked) - Date.now() : seconds * 1_000;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(0, wait), longest);
}
