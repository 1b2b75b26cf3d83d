import { DurableChatError } from './errors.js';
import type { Connection, StreamOptions } from './stream.js';

/** `ended`: the stream ended, or failed and retrying cannot help. `resume` opens it again. */
export type FollowerState = Connection | 'paused' | 'ended';

export interface FollowerOptions<T> {
  /** Opens the stream, e.g. `(options) => client.watch(options)`. Called again by each `resume`. */
  open: (options: StreamOptions) => AsyncIterable<T>;
  onEvent: (event: T) => void;
  /** Called on every change. `failure` is why the stream ended. */
  onState?: ((state: FollowerState, failure?: DurableChatError) => void) | undefined;
}

/**
 * Follows a stream that can be paused, e.g. while a page is hidden.
 *
 *   paused ──resume()──▶ connecting ──▶ open ──▶ lost ──▶ connecting …    the stream reconnects
 *                             └──────────┴────────┴─────▶ ended           retrying cannot help, or no more events
 *
 *   pause() leads from each state to paused, resume() from paused, lost and ended to connecting.
 */
export class Follower<T> {
  #state: FollowerState = 'paused';
  #abort: AbortController | undefined;

  constructor(private readonly options: FollowerOptions<T>) {}

  get state(): FollowerState {
    return this.#state;
  }

  /** Connects. If the stream waits for its next attempt, connects at once. */
  resume(): void {
    if (this.#state !== 'connecting' && this.#state !== 'open') this.restart();
  }

  /** Closes the stream if it is open, and opens it again. */
  restart(): void {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#enter('connecting');
    void this.#run(abort.signal);
  }

  pause(): void {
    this.#abort?.abort();
    this.#enter('paused');
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const onConnection = (connection: Connection) => !signal.aborted && this.#enter(connection);
      for await (const event of this.options.open({ signal, onConnection })) {
        if (signal.aborted) return;
        this.options.onEvent(event);
      }

      if (!signal.aborted) this.#enter('ended');
    } catch (error) {
      if (signal.aborted) return;
      this.#enter('ended', error instanceof DurableChatError ? error : notUnderstood(error));
    }
  }

  #enter(state: FollowerState, failure?: DurableChatError): void {
    if (this.#state === state) return;
    this.#state = state;
    this.options.onState?.(state, failure);
  }
}

function notUnderstood(cause: unknown): DurableChatError {
  return new DurableChatError('The stream cannot be understood.', 'unreachable', 200, false, undefined, 0, { cause });
}
