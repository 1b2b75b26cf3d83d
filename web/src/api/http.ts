import { retryAfter } from './retryAfter';
import { authorization, tokenWanted } from './token';

const prefix = '/api/v1';

/** The server understood and said no. */
export class Refused extends Error {
  /** `wait` is how many milliseconds the server asks to wait before trying again. */
  constructor(readonly status: number, readonly code: string, message: string, readonly retryable: boolean, readonly wait = 0) {
    super(message);
  }
}

/** The server was not reached, or could not serve just now: the same request may work later. */
export class Unreachable extends Error {
  constructor(message: string, readonly wait = 0) {
    super(message);
  }
}

export interface Call { method?: string; body?: unknown; idempotencyKey?: string; signal?: AbortSignal; timeoutMs?: number }

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const { response, text } = await send(path, options);
  if (response.status === 204) return undefined as T;
  const body = parsed(text);
  const wait = retryAfter(response.headers);
  if (response.ok) {
    // What is no JSON comes from something between here and the server, a login page of a network for example.
    if (body === undefined) throw new Unreachable('The server cannot be reached.', wait);
    return body as T;
  }

  const problem = (body ?? {}) as { code?: string; detail?: string; title?: string; retryable?: boolean };
  if (response.status === 401) tokenWanted.value = true;
  if (response.status >= 502) throw new Unreachable(problem.detail ?? 'The server is not available just now.', wait);
  throw new Refused(response.status, problem.code ?? 'unknown', problem.detail ?? problem.title ?? 'The server refused.', problem.retryable ?? false, wait);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The response with its whole body: a line that is cut within the body is as good as no answer. */
async function send(path: string, options: Call): Promise<{ response: Response; text: string }> {
  const headers: Record<string, string> = { ...authorization() };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 20_000);
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers,
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  try {
    const response = await fetch(path.startsWith('/') ? path : `${prefix}/${path}`, init);
    return { response, text: await response.text() };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable('The server cannot be reached.');
  }
}

/** Tells two attempts of one request from two requests. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
