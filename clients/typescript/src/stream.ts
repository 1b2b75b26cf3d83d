import { DurableChatError, unreachable } from './errors.js';
import type { Http } from './http.js';
import { SseParser } from './sse.js';
import { backoff, shortest, sleep } from './wait.js';

export type Connection = 'connecting' | 'open' | 'lost';

export interface StreamOptions {
  /** Ends the stream: the iteration throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told whenever the connection's state changes. */
  onConnection?: ((connection: Connection) => void) | undefined;
  /**
   * After how many milliseconds without a byte a connection is lost; 45,000 if left out. The server breaks silence
   * every 15 seconds, unless its
   * `Http:HeartbeatInterval` says otherwise.
   */
  maxSilenceMs?: number | undefined;
}

/** Decides what of a stream is handed on. */
export interface Guard<T> {
  /** A new connection begins. */
  connect(): void;
  /** Gives what to hand on; undefined if the stream is to be opened anew behind what was handed on before. */
  take(event: T): T[] | undefined;
}

/**
 * A stream that reconnects. After the end of a response, an error or silence, it resumes after the last event that it
 * has yielded. The pauses between failed attempts grow. Throws if another attempt cannot help, because the chat is gone
 * or the request is not allowed.
 */
export async function* stream<T extends { position?: string }>(
  http: Http,
  path: string,
  query: string,
  guard: Guard<T>,
  options: StreamOptions,
): AsyncGenerator<T, never, undefined> {
  let position: string | undefined;
  let first = shortest;
  for (let attempt = 0; ; attempt++) {
    const abort = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
    const begun = position;
    const tried = attempt;
    let wait = 0;
    guard.connect();
    options.onConnection?.('connecting');
    try {
      // The server gives each client a different `retry`, so that the clients of a stopping replica do not all reconnect
      // at once.
      const parser = new SseParser((retry) => (first = Math.max(1, retry / 2)));
      for await (const event of connect<T>(http, position === undefined ? path + query : path, position, { parser, signal, abort, options })) {
        const passed = guard.take(event);
        if (!passed) {
          // States come with every connection, so only what moved the position shows that opening it anew helps.
          if (position === begun) attempt = tried;
          throw unreachable(new Error('The stream has a gap.'));
        }

        attempt = -1;
        for (const next of passed) {
          position = next.position ?? position;
          yield next;
        }
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof DurableChatError && error.retryable)) throw error;
      wait = error.retryAfterMs;
    } finally {
      abort.abort();
    }

    options.onConnection?.('lost');
    await sleep(backoff(Math.max(0, attempt), wait, first), options.signal);
  }
}

interface Line { parser: SseParser; signal: AbortSignal; abort: AbortController; options: StreamOptions }

/** One response: its events, until it ends or is silent for too long. */
async function* connect<T>(http: Http, path: string, position: string | undefined, { parser, signal, abort, options }: Line): AsyncGenerator<T> {
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort.abort(), options.maxSilenceMs ?? 45_000);
  };
  watch();
  try {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (position !== undefined) headers['Last-Event-ID'] = position;
    const response = await http.open(path, { headers, cache: 'no-store' }, signal);
    if (!response.body || !response.headers.get('Content-Type')?.startsWith('text/event-stream')) throw unreachable(new Error('The answer is no stream.'));
    options.onConnection?.('open');
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    while (true) {
      watch();
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw unreachable(error);
      });
      if (done) return;
      for (const data of parser.push(decoder.decode(value, { stream: true }))) yield JSON.parse(data) as T;
    }
  } finally {
    clearTimeout(watchdog);
  }
}
