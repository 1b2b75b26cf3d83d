import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ChatEvent, type ChatState, emptyChat, lastId, type Message, type Part, withEvent, withNewestPage, withOlderPage,
} from '../src/index.js';
import { ToyServer } from './toyServer.js';

const message = (id: number, previous: number, generation = 0): Message => ({
  id, previous_id: previous, role: generation > 0 ? 'assistant' : 'user', parts: [{ type: 'text', text: `m${id}` }], generation, created_at: '',
});

const part = (generation: number, first: number, seq: number, text: string): ChatEvent => ({
  chat_id: 'c', type: 'message_part', position: '', generation, first_seq: first, seq, part: { type: 'text', text },
});

const shown = (state: ChatState) => state.preview?.parts.map((item) => ('text' in item ? item.text : '')).join('');

test('parts are joined, and what comes twice changes nothing', () => {
  const once = [part(1, 1, 1, 'a'), part(1, 2, 4, 'bcd')].reduce(withEvent, emptyChat);
  expect(shown(once)).toBe('abcd');
  expect(withEvent(once, part(1, 2, 4, 'bcd'))).toBe(once);
});

test('a part that leaves a gap, or overlaps, asks for the history anew', () => {
  const state = withEvent(emptyChat, part(1, 1, 2, 'ab'));
  expect(withEvent(state, part(1, 4, 4, 'd')).stale).toBe(true);
  expect(withEvent(state, part(1, 2, 3, 'bc')).stale).toBe(true);
});

test('a message takes the place of the parts of its generation, and of no later one', () => {
  const state = [part(2, 1, 1, 'a')].reduce(withEvent, emptyChat);
  expect(withEvent(state, { chat_id: 'c', type: 'message', position: '', message: message(1, 0, 2) }).preview).toBeUndefined();
  expect(withEvent(state, { chat_id: 'c', type: 'message', position: '', message: message(1, 0, 1) }).preview).toBeDefined();
});

test('reasoning and text stay apart', () => {
  const thought: ChatEvent = { chat_id: 'c', type: 'message_part', position: '', generation: 1, first_seq: 1, seq: 1, part: { type: 'reasoning', text: 'hm' } };
  expect([thought, part(1, 2, 2, 'so')].reduce(withEvent, emptyChat).preview?.parts).toEqual([{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'so' }]);
});

test('a refusal is joined, and what comes whole stays whole, whatever it is', () => {
  const parts = [
    { type: 'refusal', text: 'I will ' },
    { type: 'refusal', text: 'not.' },
    { type: 'source', url: 'https://example.com/' },
    { type: 'source', url: 'https://example.com/' },
    { type: 'hologram', text: 'a' },
    { type: 'hologram', text: 'b' },
  ] as Part[];
  const events = parts.map((each, index): ChatEvent => (
    { chat_id: 'c', type: 'message_part', position: '', generation: 1, first_seq: index + 1, seq: index + 1, part: each }));
  expect(events.reduce(withEvent, emptyChat).preview?.parts)
    .toEqual([{ type: 'refusal', text: 'I will not.' }, ...parts.slice(2)]);
});

test('the old history stays on the screen after a reset until the new one is there', () => {
  const before = withNewestPage(emptyChat, { epoch: 1, last_message_id: 1, messages: [message(1, 0)], has_more: false });
  const reset = [{ chat_id: 'c', type: 'history_reset', position: '', epoch: 2 } as ChatEvent, { chat_id: 'c', type: 'message', position: '', message: message(9, 0) } as ChatEvent].reduce(withEvent, before);
  expect(reset.stale).toBe(true);
  expect(reset.messages).toBe(before.messages);
});

test('an error goes when the chat runs again, a retry when parts come', () => {
  const error: ChatEvent = { chat_id: 'c', type: 'error', version: 2, error: { code: 'x', message: 'y', retryable: true } };
  const status = (value: 'running' | 'error'): ChatEvent => ({ chat_id: 'c', type: 'status', version: 1, status: value, title: 't', model: 'm', archived: false });
  const failed = [status('error'), error].reduce(withEvent, emptyChat);
  expect(failed.error?.code).toBe('x');
  expect(withEvent(failed, status('running')).error).toBeUndefined();
  const retry: ChatEvent = { chat_id: 'c', type: 'retry', version: 3, attempt: 1, max_attempts: 5, retry_at: '', error: { code: 'x', message: 'y', retryable: true } };
  expect([status('running'), retry].reduce(withEvent, emptyChat).retry?.attempt).toBe(1);
  expect([status('running'), retry, part(2, 1, 1, 'a')].reduce(withEvent, emptyChat).retry).toBeUndefined();
});

test('an event of a newer server is passed over', () => {
  expect(withEvent(emptyChat, { type: 'novelty' } as unknown as ChatEvent)).toBe(emptyChat);
});

/** A page that reads a toy server through a line that is cut again and again. */
class Reader {
  state: ChatState = emptyChat;
  #position = '';
  reloads = 0;

  constructor(private readonly server: ToyServer) {
    this.#load();
  }

  /** Takes at most `most` of the events that wait; the line is cut behind them. */
  read(join: number, most: number): void {
    for (const [event, position] of this.server.after(this.#position, join).slice(0, most)) {
      this.state = withEvent(this.state, event);
      this.#position = position ?? this.#position;
      if (!this.state.stale) continue;
      this.#load();
      return;
    }
  }

  older(): void {
    const first = this.state.messages[0];
    if (first && this.state.hasOlder) this.state = withOlderPage(this.state, this.server.page(first.id, 3));
    if (this.state.stale) this.#load();
  }

  #load(): void {
    this.reloads++;
    this.state = withNewestPage(this.state, this.server.page(Number.MAX_SAFE_INTEGER, 4));
    this.#position = `0.${lastId(this.state)}.0.0`;
  }
}

type Step = { do: 'say' | 'begin' | 'commit' | 'older' } | { do: 'part'; text: string } | { do: 'edit'; keep: number } | { do: 'read'; join: number; most: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('say' as const, 'begin' as const, 'commit' as const, 'older' as const) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('part' as const), text: fc.string({ minLength: 1, maxLength: 3 }) }) },
  fc.record({ do: fc.constant('edit' as const), keep: fc.nat(6) }),
  { weight: 5, arbitrary: fc.record({ do: fc.constant('read' as const), join: fc.integer({ min: 1, max: 4 }), most: fc.nat(6) }) },
);

function run(server: ToyServer, reader: Reader, next: Step): void {
  if (next.do === 'part') server.part(next.text);
  else if (next.do === 'edit') server.edit(next.keep);
  else if (next.do === 'read') reader.read(next.join, next.most);
  else if (next.do === 'older') reader.older();
  else server[next.do]();
}

test('however the line is cut, a page ends with the newest history and the answer in flight, each word once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const server = new ToyServer();
      const reader = new Reader(server);
      for (const next of steps) {
        run(server, reader, next);
        const ids = reader.state.messages.map((item) => item.id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }

      // A reset or a gap costs one more look; then nothing is left to come.
      for (let i = 0; i < 3; i++) reader.read(2, Infinity);
      const tail = server.history.slice(-reader.state.messages.length || server.history.length);
      expect(reader.state.messages).toEqual(reader.state.messages.length === 0 ? [] : tail);
      if (server.history.length > 0) expect(reader.state.messages.length).toBeGreaterThan(0);
      expect(shown(reader.state) ?? '').toBe(server.parts?.join('') ?? '');
    }),
    { numRuns: 1_000 },
  );
});
