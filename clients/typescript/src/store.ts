import type { DurableChat } from './client.js';
import { DurableChatError } from './errors.js';
import { type ChatState, emptyChat, withEvent } from './state.js';
import type { Connection } from './stream.js';

/** A chat and how it is followed. */
export interface ChatSnapshot extends ChatState {
  connection: Connection | 'idle' | 'ended';
  /** Why following has ended for good, e.g. because the chat was deleted; undefined while it has not. */
  failure: DurableChatError | undefined;
}

const nothing: ChatSnapshot = { ...emptyChat, connection: 'idle', failure: undefined };

/** Follows a chat while anybody subscribes, and keeps what there is to show of it. For pages, of whatever framework. */
export class ChatStore {
  #snapshot = nothing;
  #listeners = new Set<() => void>();
  #following: AbortController | undefined;
  #scheduled = false;

  /** @param chat Which chat; undefined for none yet. */
  constructor(private readonly client: DurableChat, readonly chat: string | undefined) {}

  /** The newest snapshot. The same object until something has changed. */
  readonly getSnapshot = (): ChatSnapshot => this.#snapshot;

  /** Calls back when there is a newer snapshot; gives what ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1 && this.chat !== undefined) void this.#follow(this.chat);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#following?.abort();
    };
  };

  async #follow(chat: string): Promise<void> {
    const abort = new AbortController();
    this.#following = abort;
    this.#set(nothing);
    try {
      const onConnection = (connection: Connection) => !abort.signal.aborted && this.#set({ ...this.#snapshot, connection });
      for await (const event of this.client.follow(chat, { signal: abort.signal, onConnection })) this.#set({ ...this.#snapshot, ...withEvent(this.#snapshot, event) });
    } catch (error) {
      if (abort.signal.aborted) return;
      const failure = error instanceof DurableChatError ? error : new DurableChatError('The stream cannot be understood.', 'unreachable', 200, false, undefined, 0, { cause: error });
      this.#set({ ...this.#snapshot, connection: 'ended', failure });
    }
  }

  /** Many events come in one piece; whoever draws needs to know once. */
  #set(snapshot: ChatSnapshot): void {
    this.#snapshot = snapshot;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
