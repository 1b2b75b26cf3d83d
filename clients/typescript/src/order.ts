import type { ChatEvent } from './types.js';

type State = Extract<ChatEvent, { version?: number }>;

/**
 * Checks that a stream resumes where it stopped, whatever is between the client and the server. Drops repetitions and
 * older states, and reports a gap, so that the stream can be opened again after the last event that fitted.
 */
export class Order {
  #message: number | undefined;
  #generation = 0;
  #seq: number | undefined;
  #versions = new Map<string, number>();
  /**
   * States of this connection that are older than what was handed on. They count if history turns out to be another, as
   * after a restore from a backup.
   */
  #older = new Map<string, State>();
  #isReset = false;

  /** @param afterId The last message that is known; undefined if nobody knows, as with a position, which is opaque. */
  constructor(afterId: number | undefined) {
    this.#message = afterId;
    if (afterId !== undefined) this.#seq = 0;
  }

  /** A new connection begins, perhaps to a replica that is behind. */
  connect(): void {
    this.#older.clear();
    this.#isReset = false;
  }

  /** Gives what to hand on: nothing of what has been before; undefined if something is missing before the event. */
  take(event: ChatEvent): ChatEvent[] | undefined {
    switch (event.type) {
      case 'message': {
        if (this.#message !== undefined && event.message.id <= this.#message) return [];
        if (this.#message !== undefined && event.message.previous_id !== this.#message) return undefined;
        this.#message = event.message.id;
        return [event];
      }
      case 'message_part': {
        const seen = event.generation === this.#generation ? this.#seq : this.#generation === 0 ? this.#seq : 0;
        if (event.generation < this.#generation || (seen !== undefined && event.seq <= seen)) return [];
        if (seen !== undefined && event.first_seq !== seen + 1) return undefined;
        this.#generation = event.generation;
        this.#seq = event.seq;
        return [event];
      }
      case 'history_reset':
        return [event, ...this.#reset()];
      case 'preview_reset':
        this.#seq = 0;
        return [event];
      case 'tool_progress':
        return [event];
      default:
        return this.#takeState(event);
    }
  }

  #takeState(event: State): ChatEvent[] {
    // An error that only ends the connection has no version.
    if (event.version === undefined) return [event];
    const seen = this.#versions.get(event.type) ?? 0;
    if (event.version > seen || (event.version < seen && this.#isReset)) {
      this.#versions.set(event.type, event.version);
      return [event];
    }

    if (event.version < seen) this.#older.set(event.type, event);
    return [];
  }

  #reset(): State[] {
    this.#message = 0;
    this.#generation = 0;
    this.#seq = 0;
    this.#isReset = true;
    const older = [...this.#older.values()];
    this.#older.clear();
    return older.flatMap((state) => this.#takeState(state) as State[]);
  }
}
