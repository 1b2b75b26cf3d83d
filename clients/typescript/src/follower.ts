import { DurableChatError } from './errors.js';
import type { Connection, StreamOptions } from './stream.js';

/** Of a stream that can be paused. `ended` is a stream that failed for good, or has an end, until it is resumed. */
export type FollowerState = Connection | 'paused' | 'ended';

export interface FollowerOptions<T> {
  /** Opens the stream, e.g. `(options) => client.watch(options)`. Called again when it is resumed. */
  open: (options: StreamOptions) => AsyncIterable<T>;
  onEvent: (event: T) => void;
  /** Called with every change. `failure` says why the stream failed for good. */
  onState?: ((state: FollowerState, failure?: DurableChatError) => void) | undefined;
}

/**
 * Follows a stream, and pauses, e.g. while a page is hidden.
 *
 *   paused ──▶ connecting ⇄ open ⇄ lost      resume(); the stream comes back by itself
 *     ▲            └─────────┴──────┴──▶ ended      it failed for good, or has an end
 *     └── pause() ──── from each ──────────┘    resume() connects again from each but connecting and open
 */
export class Follower<T> {
  #state: FollowerState = 'paused';
  #abort: AbortController | undefined;

  constructor(private readonly options: FollowerOptions<T>) {}

  get state(): FollowerState {
    return this.#state;
  }

  /** Connects, at once if the stream waits for its next attempt. */
  resume(): void {
    if (this.#state !== 'connecting' && this.#state !== 'open') this.restart();
  }

  /** Opens the stream anew, whatever its state. */
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
