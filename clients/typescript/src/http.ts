import { DurableChatError, refusal, unreachable } from './errors.js';
import { backoff, sleep } from './wait.js';

export interface Options {
  /** The server, e.g. `https://chat.example.org`; in a browser left out for the page's own. */
  url?: string;
  /**
   * Where the endpoints are on it: what an application of yours gave `MapDurableChat`; `/api/v1`, that of the server,
   * if left out.
   */
  prefix?: string;
  /**
   * The bearer token, or what gives one. A function is asked for every request, and once more if the server says that
   * the token has expired; another token is then tried. If it throws, that counts as a server that was not reached, so
   * it is tried again; a `DurableChatError` that is not `retryable` ends it.
   */
  token?: string | (() => string | Promise<string>);
  /** For how many milliseconds a request that is not answered is repeated; 30,000 if left out, 0 for never. */
  retryForMs?: number;
  /** In place of the global `fetch`. */
  fetch?: typeof fetch;
}

export interface RequestOptions {
  /** Gives up waiting. What was sent may be done all the same. */
  signal?: AbortSignal | undefined;
}

export interface CommandOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters. The same key twice is done once; left out, every call has a key of its own. */
  idempotencyKey?: string | undefined;
}

export interface Call extends CommandOptions {
  method?: string;
  body?: unknown;
  /** True for a POST, PATCH or DELETE that the server remembers by its key. */
  keyed?: boolean;
}

/** How long one attempt may take until its answer is there. */
const patience = 20_000;

/**
 * Sends requests, with the token, and repeats those that were not answered: commands under one idempotency key, so that
 * nothing is done twice.
 */
export class Http {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(private readonly options: Options) {
    const prefix = (options.prefix ?? '/api/v1').replace(/^\/+|\/+$/g, '');
    this.#base = `${(options.url ?? '').replace(/\/+$/, '')}/${prefix === '' ? '' : `${prefix}/`}`;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  async call<T>(path: string, call: Call = {}): Promise<T> {
    const headers: Record<string, string> = {};
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    if (call.keyed) headers['Idempotency-Key'] = call.idempotencyKey ?? newIdempotencyKey();
    const init: RequestInit = { method: call.method ?? 'GET', headers };
    if (call.body !== undefined) init.body = JSON.stringify(call.body);
    const begun = Date.now();
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt<T>(path, init, call.signal);
      } catch (error) {
        if (!(error instanceof DurableChatError)) throw error;
        // Deleted by an attempt whose answer was lost.
        if (attempt > 0 && init.method === 'DELETE' && !call.keyed && error.status === 404) return undefined as T;
        const delay = backoff(attempt, error.retryAfterMs);
        if (!error.retryable || Date.now() - begun + delay > (this.options.retryForMs ?? 30_000)) throw error;
        await sleep(delay, call.signal);
      }
    }
  }

  /**
   * Sends a request once, or twice if there is a fresh token, and gives the response if it is the one that was asked
   * for.
   */
  async open(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    let token = await this.#token();
    for (let isFresh = false; ; isFresh = true) {
      const headers = new Headers(init.headers);
      if (token) headers.set('Authorization', `Bearer ${token}`);
      let response: Response;
      try {
        response = await this.#fetch(this.#base + path, { ...init, headers, signal });
      } catch (error) {
        throw unreachable(error);
      }

      if (response.ok) return response;
      const refused = await refusal(response);
      if (response.status !== 401 || isFresh || typeof this.options.token !== 'function') throw refused;
      const fresh = await this.#token();
      if (fresh === token) throw refused;
      token = fresh;
    }
  }

  /**
   * A token that cannot be had just now is as good as no answer; a `DurableChatError` says itself whether it may work
   * later.
   */
  async #token(): Promise<string | undefined> {
    if (typeof this.options.token !== 'function') return this.options.token;
    try {
      return await this.options.token();
    } catch (error) {
      throw error instanceof DurableChatError ? error : unreachable(error, 'The token cannot be had.');
    }
  }

  async #attempt<T>(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<T> {
    const timeout = AbortSignal.timeout(patience);
    try {
      const response = await this.open(path, init, signal ? AbortSignal.any([signal, timeout]) : timeout);
      // A connection that breaks within the body is as good as no answer.
      const text = await response.text().catch((error: unknown) => {
        throw unreachable(error);
      });
      return (response.status === 204 ? undefined : JSON.parse(text)) as T;
    } catch (error) {
      signal?.throwIfAborted();
      // Such an answer comes from something in between, e.g. the login page of a network.
      if (error instanceof SyntaxError) throw new DurableChatError('The answer cannot be understood.', 'unreachable', 200, true, undefined, 0, { cause: error });
      throw error;
    }
  }
}

/** Creates a value for `idempotencyKey`. Store it with the command to repeat the command later, e.g. after a reload. */
export function newIdempotencyKey(): string {
  // `crypto.randomUUID` is missing where a page came over plain http.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
