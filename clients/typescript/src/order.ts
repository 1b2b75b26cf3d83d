import type { ChatEvent } from './types.js';

/**
 * Checks that a stream goes on where it stopped. Whatever stands between here and the server, what comes twice is dropped, and a gap is told, so that the stream can be
 * opened again behind the last event that fitted.
 */
export class Order {
  #message: number | undefined;
  #generation = 0;
  #seq: number | undefined;

  /** @param afterId The last message that is known; undefined if nobody knows, as with a position, which is opaque. */
  constructor(afterId: number | undefined) {
    this.#message = afterId;
    if (afterId !== undefined) this.#seq = 0;
  }

  check(event: ChatEvent): 'next' | 'repeated' | 'gap' {
    switch (event.type) {
      case 'message': {
        if (this.#message !== undefined && event.message.id <= this.#message) return 'repeated';
        if (this.#message !== undefined && event.message.previous_id !== this.#message) return 'gap';
        this.#message = event.message.id;
        return 'next';
      }
      case 'message_part': {
        const seen = event.generation === this.#generation ? this.#seq : this.#generation === 0 ? this.#seq : 0;
        if (event.generation < this.#generation || (seen !== undefined && event.seq <= seen)) return 'repeated';
        if (seen !== undefined && event.first_seq !== seen + 1) return 'gap';
        this.#generation = event.generation;
        this.#seq = event.seq;
        return 'next';
      }
      case 'history_reset':
        this.#message = 0;
        this.#seq = 0;
        return 'next';
      case 'preview_reset':
        this.#seq = 0;
        return 'next';
      default:
        return 'next';
    }
  }
}
