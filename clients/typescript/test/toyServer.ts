import type { ChatEvent, Message, MessagePage } from '../src/index.js';

interface Cursor { epoch: number; message: number; generation: number; seq: number }

const asText = (cursor: Cursor) => `${cursor.epoch}.${cursor.message}.${cursor.generation}.${cursor.seq}`;

/**
 * A chat as the wire describes it, and nothing of the client: what a reader at a position is sent next. Readers who are late get parts joined. For tests.
 */
export class ToyServer {
  history: Message[] = [];
  epoch = 1;
  parts: string[] | undefined;
  #generation = 0;
  #nextId = 1;

  say(text = 'said'): void {
    this.#append('user', text, 0);
  }

  begin(): void {
    this.#generation++;
    this.parts = [];
  }

  part(text: string): void {
    this.parts?.push(text);
  }

  commit(): void {
    if (!this.parts) return;
    this.#append('assistant', this.parts.join(''), this.#generation);
    this.parts = undefined;
  }

  edit(keep: number): void {
    this.parts = undefined;
    this.epoch++;
    this.history = this.history.slice(0, keep);
    this.#append('user', 'edited', 0);
  }

  page(beforeId: number, limit: number): MessagePage {
    const before = this.history.filter((message) => message.id < beforeId);
    return { epoch: this.epoch, last_message_id: this.#last(), messages: before.slice(-limit), has_more: before.length > limit };
  }

  /** All events after a position, as one who comes back with it is sent them. `join` says how many parts go into one event. */
  after(position: string, join: number): [event: ChatEvent, position: string | undefined][] {
    const [epoch = 0, message = 0, generation = 0, seq = 0] = position.split('.').map(Number);
    const cursor: Cursor = { epoch: epoch === 0 ? this.epoch : epoch, message, generation, seq };
    const sent: [ChatEvent, string | undefined][] = [];
    const knows = cursor.message === 0 || this.history.some((known) => known.id === cursor.message);
    if (cursor.epoch !== this.epoch || !knows) this.#restart(cursor, sent);
    for (const next of this.history.filter((known) => known.id > cursor.message)) this.#deliver(next, cursor, sent);
    sent.push([{ chat_id: 'c', type: 'queue_update', version: 1, queue: [] }, undefined]);
    this.#deliverParts(cursor, sent, join);
    return sent;
  }

  #restart(cursor: Cursor, sent: [ChatEvent, string | undefined][]): void {
    Object.assign(cursor, { epoch: this.epoch, message: 0, generation: 0, seq: 0 });
    sent.push([{ chat_id: 'c', type: 'history_reset', position: asText(cursor), epoch: this.epoch }, asText(cursor)]);
  }

  #deliver(next: Message, cursor: Cursor, sent: [ChatEvent, string | undefined][]): void {
    if (cursor.seq > 0 && next.generation !== cursor.generation) this.#resetPreview(cursor, sent, cursor.generation);
    Object.assign(cursor, { message: next.id, generation: Math.max(cursor.generation, next.generation), seq: 0 });
    sent.push([{ chat_id: 'c', type: 'message', position: asText(cursor), message: next }, asText(cursor)]);
  }

  #deliverParts(cursor: Cursor, sent: [ChatEvent, string | undefined][], join: number): void {
    const parts = this.parts;
    const isLive = parts !== undefined && cursor.generation === this.#generation;
    if (cursor.seq > 0 && (!isLive || cursor.seq > parts.length)) this.#resetPreview(cursor, sent, parts ? this.#generation : cursor.generation);
    if (!parts) return;
    if (!isLive) Object.assign(cursor, { generation: this.#generation, seq: 0 });
    while (cursor.seq < parts.length) {
      const first = cursor.seq + 1;
      cursor.seq = Math.min(parts.length, cursor.seq + join);
      const part = { type: 'text' as const, text: parts.slice(first - 1, cursor.seq).join('') };
      sent.push([{ chat_id: 'c', type: 'message_part', position: asText(cursor), generation: this.#generation, first_seq: first, seq: cursor.seq, part }, asText(cursor)]);
    }
  }

  #resetPreview(cursor: Cursor, sent: [ChatEvent, string | undefined][], generation: number): void {
    Object.assign(cursor, { generation, seq: 0 });
    sent.push([{ chat_id: 'c', type: 'preview_reset', position: asText(cursor), generation }, asText(cursor)]);
  }

  #last(): number {
    return this.history.at(-1)?.id ?? 0;
  }

  #append(role: 'user' | 'assistant', text: string, generation: number): void {
    this.history.push({ id: this.#nextId++, previous_id: this.#last(), role, parts: [{ type: 'text', text }], generation, created_at: '' });
    // Ids jump after an edit, so that a page that counts on neighbours having neighbouring ids is found out.
    if (this.epoch > 1) this.#nextId += 3;
  }
}
