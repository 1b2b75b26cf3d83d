import type { DurableChat } from './client.js';
import { DurableChatError } from './errors.js';
import { Follower, type FollowerState } from './follower.js';
import { type ChatState, emptyChat, lastId, withEvent, withNewestPage, withOlderPage } from './state.js';
import type { Connection, StreamOptions } from './stream.js';
import type { ChatEvent, MessagePage } from './types.js';
import { backoff, sleep } from './wait.js';

/** A chat and how it is followed. */
export interface ChatSnapshot extends ChatState {
  /** `idle` without subscribers and while paused; `ended` once following has failed for good. */
  connection: Connection | 'idle' | 'ended';
  /** Why following has ended for good, e.g. because the chat was deleted; undefined while it has not. */
  failure: DurableChatError | undefined;
  /** False until there is something to show. */
  isLoaded: boolean;
}

export interface ChatStoreOptions {
  /**
   * Reads only so many of the newest messages at first; `readOlder` reads those before. Left out, the stream brings the
   * whole history.
   */
  pageSize?: number | undefined;
  /**
   * Runs what takes in the newest events and calls the listeners: in a microtask if left out; a page may prefer
   * `requestAnimationFrame`.
   */
  schedule?: ((run: () => void) => void) | undefined;
  /** See `StreamOptions`. */
  maxSilenceMs?: number | undefined;
}

const nothing: ChatSnapshot = { ...emptyChat, connection: 'idle', failure: undefined, isLoaded: false };

/**
 * Follows a chat while anybody subscribes, and keeps what there is to show of it. For pages, of whatever framework.
 * With pages of history, a history that
 * was rewritten stays as it is until its newest page is there, and the two change places at once.
 */
export class ChatStore {
  readonly #follower: Follower<ChatEvent>;
  readonly #listeners = new Set<() => void>();
  #snapshot = nothing;
  /** Events that the next drawing takes in. */
  #waiting: ChatEvent[] = [];
  /**
   * The newest page of the history. Shown with the first events behind it, so that messages and the answer in flight
   * come together.
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

  /** Closes the stream, e.g. while a page is hidden, and keeps the place. */
  pause(): void {
    this.#follower.pause();
  }

  /**
   * Goes on after `pause` or a failure, and at once instead of after the pause between two attempts. Without
   * subscribers it does nothing.
   */
  resume(): void {
    if (this.chat !== undefined && this.#listeners.size > 0) this.#follower.resume();
  }

  /**
   * Puts a page of older messages in front, if there are any. The state is stale, and read anew, if they do not fit.
   */
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

  /** Repeated until it succeeds, as streams are, or cannot. */
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

  /** Many events come in one piece; whoever draws needs to know once. */
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
   * Shows what has come. Without events only `isCut` shows the page that was read: a stream that cannot be had must
   * not hide a history that is there.
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
   * A history that went stale is read anew, also if the one that is shown was stale already: its page is what `base`
   * came of.
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
