import type { DurableChat } from './client.js';
import { DurableChatError } from './errors.js';
import { Follower, type FollowerState } from './follower.js';
import { type ChatState, emptyChat, lastId, withEvent, withNewestPage, withOlderPage } from './state.js';
import type { Connection, StreamOptions } from './stream.js';
import type { ChatEvent, MessagePage } from './types.js';
import { backoff, sleep } from './wait.js';

/** A chat and how it is followed. */
export interface ChatSnapshot extends ChatState {
  /** `idle` without subscribers and while paused; `ended` if the stream failed and retrying cannot help. */
  connection: Connection | 'idle' | 'ended';
  /** Why the stream has ended, e.g. because the chat was deleted. Otherwise undefined. */
  failure: DurableChatError | undefined;
  /** False until there is something to show. */
  isLoaded: boolean;
}

export interface ChatStoreOptions {
  /**
   * How many of the newest messages to read at first. `readOlder` reads older ones. By default, the stream sends the
   * whole history.
   */
  pageSize?: number | undefined;
  /**
   * Decides when new events are applied and listeners are called, e.g. `requestAnimationFrame`. Defaults to
   * `queueMicrotask`.
   */
  schedule?: ((run: () => void) => void) | undefined;
  /** See `StreamOptions`. */
  maxSilenceMs?: number | undefined;
}

const nothing: ChatSnapshot = { ...emptyChat, connection: 'idle', failure: undefined, isLoaded: false };

/**
 * Follows a chat while it has subscribers, and keeps the state to show. Works with any framework. If the history is
 * rewritten, a store with a `pageSize` keeps the old messages until it has the newest page, so the screen is never
 * empty.
 */
export class ChatStore {
  readonly #follower: Follower<ChatEvent>;
  readonly #listeners = new Set<() => void>();
  #snapshot = nothing;
  /** Events that are not applied yet. */
  #waiting: ChatEvent[] = [];
  /**
   * The newest page of the history, not shown yet. It is shown together with the first events after it, so that
   * messages and the answer in flight appear at the same time.
   */
  #loaded: ChatState | undefined;
  #position: string | undefined;
  #mustLoad = false;
  #isReadingOlder = false;
  #isScheduled = false;

  /** @param chat Which chat; undefined for none yet. */
  constructor(private readonly client: DurableChat, readonly chat: string | undefined, private readonly options: ChatStoreOptions = {}) {
    this.#follower = new Follower({
      open: (stream) => this.#open({ ...stream, maxSilenceMs: options.maxSilenceMs }),
      onEvent: (event) => this.#take(event),
      onState: (state, failure) => this.#enter(state, failure),
    });
  }

  /** The newest snapshot. The same object until something has changed. */
  readonly getSnapshot = (): ChatSnapshot => this.#snapshot;

  /** Calls back when there is a newer snapshot; gives what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#follower.pause();
    };
  };

  /** Closes the stream, e.g. while a page is hidden. `resume` continues from the same position. */
  pause(): void {
    this.#follower.pause();
  }

  /**
   * Connects after `pause` or a failure. If the stream waits for its next attempt, connects at once. Does nothing
   * without subscribers.
   */
  resume(): void {
    if (this.chat !== undefined && this.#listeners.size > 0) this.#follower.resume();
  }

  /** Adds a page of older messages, if there are any. If the history was rewritten, reads the newest page instead. */
  async readOlder(limit = this.options.pageSize): Promise<void> {
    const { messages: [first], hasOlder } = this.#snapshot;
    if (this.#isReadingOlder || !first || !hasOlder || this.chat === undefined) return;
    this.#isReadingOlder = true;
    try {
      const page = await this.#read(first.id, limit, undefined);
      if (this.#listeners.size === 0 || this.#snapshot.stale || this.#snapshot.messages[0] !== first) return;
      this.#show(withOlderPage(this.#snapshot, page), this.#snapshot);
      this.#changed();
    } finally {
      this.#isReadingOlder = false;
    }
  }

  #begin(): void {
    this.#snapshot = nothing;
    this.#waiting = [];
    this.#loaded = undefined;
    this.#position = undefined;
    this.#mustLoad = this.options.pageSize !== undefined;
    if (this.chat !== undefined) this.#follower.restart();
  }

  async *#open(options: StreamOptions): AsyncGenerator<ChatEvent> {
    if (this.#mustLoad) {
      this.#loaded = withNewestPage(this.#snapshot, await this.#readNewest(options));
      this.#position = undefined;
      this.#mustLoad = false;
    }

    const from = this.#position === undefined ? { afterId: lastId(this.#loaded ?? this.#snapshot) } : { position: this.#position };
    yield* this.client.follow(this.chat!, { ...options, ...from });
  }

  /** Retries like a stream, until it succeeds or retrying cannot help. */
  async #readNewest({ signal, onConnection }: StreamOptions): Promise<MessagePage> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#read(Number.MAX_SAFE_INTEGER, this.options.pageSize, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof DurableChatError && error.retryable)) throw error;
        onConnection?.('lost');
        await sleep(backoff(attempt, error.retryAfterMs), signal);
      }
    }
  }

  #read(beforeId: number, limit: number | undefined, signal: AbortSignal | undefined): Promise<MessagePage> {
    return this.client.listMessages(this.chat!, { before_id: beforeId, ...(limit !== undefined && { limit }) }, { signal });
  }

  #enter(state: FollowerState, failure: DurableChatError | undefined): void {
    this.#snapshot = { ...this.#snapshot, connection: state === 'paused' ? 'idle' : state, failure };
    if (state === 'lost' || state === 'ended') this.#takeIn(true);
    this.#changed();
  }

  #take(event: ChatEvent): void {
    this.#waiting.push(event);
    if ('position' in event) this.#position = event.position ?? this.#position;
    this.#changed();
  }

  /** Many events arrive together: listeners are called once for all of them. */
  #changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    (this.options.schedule ?? queueMicrotask)(() => {
      this.#isScheduled = false;
      if (this.#listeners.size === 0) return;
      this.#takeIn();
      for (const listener of this.#listeners) listener();
    });
  }

  /**
   * Applies new events. If there are none, shows the page only if `isCut`: a stream that cannot be opened must not
   * hide a history that was read.
   */
  #takeIn(isCut = false): void {
    const events = this.#waiting;
    if (events.length === 0 && !(isCut && this.#loaded)) return;
    const base = this.#loaded ?? this.#snapshot;
    this.#waiting = [];
    this.#loaded = undefined;
    this.#show(events.reduce(withEvent, base), base);
  }

  /**
   * Reads the newest page again if the state became stale. `base`, not the snapshot, is the state before: while a
   * stale history is shown, `base` is the page that was read since.
   */
  #show(state: ChatState, base: ChatState): void {
    const { connection, failure } = this.#snapshot;
    this.#snapshot = { ...state, connection, failure, isLoaded: true };
    if (!state.stale || base.stale) return;
    this.#waiting = [];
    this.#mustLoad = this.options.pageSize !== undefined;
    if (this.#mustLoad) this.#follower.restart();
    else this.#begin();
  }
}
