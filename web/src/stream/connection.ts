import { retryAfter } from '../api/retryAfter';
import { backoff } from './backoff';
import { SseParser, type SseFrame } from './sse';

export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'paused' | 'gone' | 'unauthorized';

export interface ConnectionOptions {
  /** The address; `after` stands for the first connection, later ones send the position they have. */
  url: string;
  after?: number;
  headers: () => Record<string, string>;
  /** Takes the events of one piece of the response, in order. Returning false asks to stop. */
  events: (events: unknown[]) => void;
  state: (state: ConnectionState) => void;
  fetch?: typeof fetch;
  random?: () => number;
}

/** The server breaks silence every 15 s; two and a bit missed heartbeats mean that nobody is there. */
const silence = 35_000;

/**
 * A stream that comes back. It keeps the position of the last event it handed on, and continues behind it after any interruption: the end of the
 * response, an error, silence, or a pause.
 *
 *   connecting ──▶ open ──▶ waiting ──▶ connecting …      end, error, silence: back off, then again
 *        │           │          │
 *        └───────────┴──────────┴──▶ paused ──▶ connecting    pause(), resume()
 *        └──▶ gone | unauthorized                             final
 */
export class Connection {
  #position: string | undefined;
  #attempt = 0;
  #base = 1_000;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: ConnectionState = 'paused';

  constructor(private readonly options: ConnectionOptions) {}

  get state(): ConnectionState {
    return this.#state;
  }

  resume(): void {
    if (this.#state === 'open' || this.#state === 'connecting') return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    void this.#run();
  }

  pause(): void {
    this.#stop();
    this.#enter('paused');
  }

  close(): void {
    this.#stop();
    this.#state = 'gone';
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.options.state(state);
  }

  async #run(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#enter('connecting');
    let wait: number | undefined;
    try {
      wait = await this.#follow(abort);
    } catch {
      // Whatever cut the stream, the answer is the same: come back.
    }

    if (this.#abort !== abort) return;
    abort.abort();
    if (this.#state === 'gone' || this.#state === 'unauthorized') return;
    this.#enter('waiting');
    const delay = Math.max(wait ?? 0, backoff(this.#attempt++, this.#base / 2, this.options.random));
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  /** Follows one response to its end; gives how long the server asks to wait. */
  async #follow(abort: AbortController): Promise<number | undefined> {
    const response = await this.#open(abort);
    if (response.status === 404 || response.status === 401) {
      this.#enter(response.status === 404 ? 'gone' : 'unauthorized');
      return undefined;
    }

    if (!response.ok || !response.body) return retryAfter(response.headers);
    this.#enter('open');
    await this.#read(response.body.getReader(), abort);
    return undefined;
  }

  async #open(abort: AbortController): Promise<Response> {
    const after = this.options.after;
    const url = this.#position === undefined && after !== undefined ? `${this.options.url}?after_id=${after}` : this.options.url;
    const headers: Record<string, string> = { ...this.options.headers(), Accept: 'text/event-stream' };
    if (this.#position !== undefined) headers['Last-Event-ID'] = this.#position;
    const watchdog = setTimeout(() => abort.abort(), silence);
    try {
      return await (this.options.fetch ?? fetch)(url, { headers, signal: abort.signal, cache: 'no-store' });
    } finally {
      clearTimeout(watchdog);
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>, abort: AbortController): Promise<void> {
    const decoder = new TextDecoder();
    let frames: SseFrame[] = [];
    const parser = new SseParser({
      frame: (frame) => frames.push(frame),
      retry: (milliseconds) => (this.#base = milliseconds),
    });
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    try {
      while (true) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), silence);
        const { done, value } = await reader.read();
        if (done || this.#abort !== abort) return;
        parser.push(decoder.decode(value, { stream: true }));
        if (frames.length === 0) continue;
        const batch = frames;
        frames = [];
        this.#attempt = 0;
        this.#handOn(batch);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #handOn(frames: SseFrame[]): void {
    const events = frames.map((frame) => JSON.parse(frame.data) as unknown);
    for (const frame of frames) this.#position = frame.id ?? this.#position;
    this.options.events(events);
  }
}
