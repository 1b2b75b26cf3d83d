import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { messagesBefore } from '../api/chats';
import { Refused, Unreachable } from '../api/http';
import { authorization, tokenWanted } from '../api/token';
import type { ChatEvent } from '../api/types';
import { backoff } from '../stream/backoff';
import { emptyChat, lastId, withEvent, withNewestPage, withOlderPage, type ChatState } from '../stream/chatState';
import { Connection, type ConnectionState } from '../stream/connection';
import { nextFrame } from '../ui/nextFrame';

export type Loading = 'loading' | 'ready' | 'not_found';

const pageSize = 100;

/**
 * One open chat: the newest page of its history, then the stream behind it. If the history is rewritten, the newest page is read again and takes the
 * old one's place at once, so the screen never goes empty.
 */
export class ChatSession {
  readonly #state: Signal<ChatState> = signal(emptyChat);
  readonly #loading: Signal<Loading> = signal('loading');
  readonly #connection: Signal<ConnectionState> = signal('connecting');
  readonly #prepended: Signal<boolean> = signal(false);
  #stream: Connection | undefined;
  #waiting: ChatEvent[] = [];
  #scheduled = false;
  #abort = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #readingOlder = false;
  #paused = false;
  #closed = false;

  constructor(readonly id: string) {
    void this.#load(0);
  }

  get state(): ReadonlySignal<ChatState> {
    return this.#state;
  }

  get loading(): ReadonlySignal<Loading> {
    return this.#loading;
  }

  get connection(): ReadonlySignal<ConnectionState> {
    return this.#connection;
  }

  /** True while the change to be drawn put messages in front, which must not move what is on the screen. */
  get prepended(): ReadonlySignal<boolean> {
    return this.#prepended;
  }

  close(): void {
    this.#closed = true;
    this.#abort.abort();
    clearTimeout(this.#retry);
    this.#stream?.close();
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  /** Comes back at once instead of when the pause between attempts is over. */
  resume(): void {
    this.#paused = false;
    if (this.#stream) this.#stream.resume();
    else if (this.#loading.value !== 'not_found') void this.#load(0);
  }

  async readOlder(): Promise<void> {
    const before = this.#state.value;
    const first = before.messages[0];
    if (this.#readingOlder || !first || !before.hasOlder) return;
    this.#readingOlder = true;
    try {
      const page = await messagesBefore(this.id, first.id, 2 * pageSize, this.#abort.signal);
      if (this.#state.value.messages[0] !== first) return;
      this.#prepended.value = true;
      this.#set(withOlderPage(this.#state.value, page), this.#state.value);
    } catch {
      // The next scroll to the top asks again.
    } finally {
      this.#readingOlder = false;
    }
  }

  /** Tells that the change with messages in front has been drawn. */
  drawn(): void {
    this.#prepended.value = false;
  }

  async #load(attempt: number): Promise<void> {
    if (this.#closed) return;
    this.#stream?.close();
    this.#stream = undefined;
    this.#waiting = [];
    this.#abort.abort();
    clearTimeout(this.#retry);
    const abort = (this.#abort = new AbortController());
    try {
      const page = await messagesBefore(this.id, undefined, pageSize, abort.signal);
      const loaded = withNewestPage(this.#state.value, page);
      this.#follow(loaded);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#failed(error, attempt);
    }
  }

  #failed(error: unknown, attempt: number): void {
    if (error instanceof Refused && error.status === 404) {
      this.#loading.value = 'not_found';
      return;
    }

    if (error instanceof Refused && error.status === 401) {
      this.#connection.value = 'unauthorized';
      return;
    }

    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    this.#connection.value = 'waiting';
    this.#retry = setTimeout(() => void this.#load(attempt + 1), Math.max(error.wait, backoff(attempt, 500)));
  }

  #follow(loaded: ChatState): void {
    // Shown only with the first events, so that a reload in mid-answer draws history and answer together.
    this.#pending = loaded;
    this.#stream = new Connection({
      url: `/api/v1/chats/${encodeURIComponent(this.id)}/stream`,
      after: lastId(loaded),
      headers: authorization,
      events: (events) => this.#take(events as ChatEvent[]),
      state: (state) => this.#connectionIs(state),
    });
    if (!this.#paused) this.#stream.resume();
  }

  #pending: ChatState | undefined;

  #connectionIs(state: ConnectionState): void {
    this.#connection.value = state;
    if (state === 'unauthorized') tokenWanted.value = true;
    if (state === 'gone') this.#loading.value = 'not_found';
    // A stream that cannot be had must not hide a history that is there.
    if (state === 'waiting') this.#show();
  }

  #take(events: ChatEvent[]): void {
    this.#waiting.push(...events);
    if (this.#scheduled) return;
    this.#scheduled = true;
    nextFrame(() => {
      this.#scheduled = false;
      this.#show();
    });
  }

  #show(): void {
    if (this.#closed) return;
    const events = this.#waiting;
    this.#waiting = [];
    const base = this.#pending ?? this.#state.value;
    this.#pending = undefined;
    this.#set(events.reduce(withEvent, base), base);
    this.#loading.value = 'ready';
  }

  /** A history that went stale is read anew, also if the one on the screen was stale already: its reload is what `base` came of. */
  #set(state: ChatState, base: ChatState): void {
    this.#state.value = state;
    if (state.stale && !base.stale) void this.#load(0);
  }
}
