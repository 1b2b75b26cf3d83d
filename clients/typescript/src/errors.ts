/** The server said no, or was not reached. */
export class DurableChatError extends Error {
  override readonly name = 'DurableChatError';

  /**
   * @param code The problem's stable code; `unreachable` if there was no answer that can be understood.
   * @param status The HTTP status; 0 if there was no answer.
   * @param retryable True if the same request may work later.
   * @param field The field that is wrong, if one is.
   * @param retryAfterMs How long the server asks to wait, in milliseconds; 0 if it does not.
   */
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly retryable: boolean,
    readonly field?: string,
    readonly retryAfterMs = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Statuses that come from servers or proxies which cannot answer just now. */
const away = new Set([408, 425, 429, 502, 503, 504]);

/** Reads why a response is not the one that was asked for. */
export async function refusal(response: Response): Promise<DurableChatError> {
  const wait = retryAfter(response.headers);
  // A connection that breaks within the body is as good as no answer.
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(error);
  });
  try {
    const problem = JSON.parse(text) as { code?: string; detail?: string; title?: string; field?: string; retryable?: boolean };
    if (typeof problem.code === 'string') {
      return new DurableChatError(problem.detail ?? problem.title ?? problem.code, problem.code, response.status, problem.retryable ?? away.has(response.status), problem.field, wait);
    }
  } catch {
    // It comes from something in between.
  }

  return new DurableChatError(`The server answered with status ${response.status}.`, 'unreachable', response.status, away.has(response.status), undefined, wait);
}

export function unreachable(cause: unknown, message = 'The server cannot be reached.'): DurableChatError {
  return new DurableChatError(message, 'unreachable', 0, true, undefined, 0, { cause });
}

/** A timer that is set for longer than 24 days would run at once. */
const longest = 3_600_000;

/** `Retry-After` is seconds or a date. */
export function retryAfter(headers: Headers): number {
  const asked = headers.get('Retry-After');
  if (asked === null) return 0;
  const seconds = Number(asked);
  const wait = Number.isNaN(seconds) ? Date.parse(asked) - Date.now() : seconds * 1_000;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(0, wait), longest);
}
