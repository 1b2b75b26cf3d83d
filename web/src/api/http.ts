import { authorization, tokenWanted } from './token';

const prefix = '/api/v1';

/** The server understood and said no. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly retryable: boolean) {
    super(message);
  }
}

/** The server was not reached, or could not serve just now: the same request may work later. */
export class Unreachable extends Error {}

export interface Call { method?: string; body?: unknown; idempotencyKey?: string; signal?: AbortSignal; timeoutMs?: number }

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const response = await send(path, options);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string; retryable?: boolean };
  if (response.status === 401) tokenWanted.value = true;
  if (response.status >= 502) throw new Unreachable(problem.detail ?? 'The server is not available just now.');
  throw new Refused(response.status, problem.code ?? 'unknown', problem.detail ?? problem.title ?? 'The server refused.', problem.retryable ?? false);
}

async function send(path: string, options: Call): Promise<Response> {
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
    return await fetch(path.startsWith('/') ? path : `${prefix}/${path}`, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable('The server cannot be reached.');
  }
}

/** Tells two attempts of one request from two requests. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
