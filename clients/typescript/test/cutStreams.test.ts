import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ChatSnapshot, ChatStore, DurableChat } from '../src/index.js';
import { ToyServer } from './toyServer.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A toy server behind HTTP. Each stream ends after a few events, as the test says. */
class Line {
  join = 1;
  most = 0;

  constructor(private readonly server: ToyServer) {}

  readonly fetch: typeof fetch = (input, init) => {
    const url = new URL(String(input), 'http://toy');
    const query = (name: string) => url.searchParams.get(name);
    if (!url.pathname.endsWith('/stream')) {
      return Promise.resolve(Response.json(this.server.page(Number(query('before_id')), Number(query('limit')))));
    }

    const position = new Headers(init?.headers).get('Last-Event-ID') ?? query('last_event_id') ?? `0.${query('after_id')}.0.0`;
    const events = this.server.after(position, this.join).slice(0, this.most);
    const text = events.map(([event]) => `data: ${JSON.stringify(event)}\n\n`).join('');
    return Promise.resolve(new Response(text, { headers: { 'Content-Type': 'text/event-stream' } }));
  };
}

type Step =
  | { do: 'say' | 'begin' | 'commit' | 'older' | 'pause' | 'resume' }
  | { do: 'part'; text: string }
  | { do: 'edit'; keep: number }
  | { do: 'read'; join: number; most: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('say' as const, 'begin' as const, 'commit' as const, 'older' as const) }),
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('part' as const), text: fc.string({ minLength: 1, maxLength: 3 }) }) },
  fc.record({ do: fc.constant('edit' as const), keep: fc.nat(6) }),
  { weight: 5, arbitrary: fc.record({ do: fc.constant('read' as const), join: fc.integer({ min: 1, max: 4 }), most: fc.nat(6) }) },
);

async function run(server: ToyServer, line: Line, store: ChatStore, next: Step): Promise<void> {
  if (next.do === 'part') server.part(next.text);
  else if (next.do === 'edit') server.edit(next.keep);
  else if (next.do === 'older') await store.readOlder(3);
  else if (next.do === 'pause' || next.do === 'resume') store[next.do]();
  else if (next.do === 'read') {
    Object.assign(line, next);
    await vi.advanceTimersByTimeAsync(600);
    line.most = 0;
  } else server[next.do]();
}

const ids = (state: ChatSnapshot) => state.messages.map((message) => message.id);
const shown = (state: ChatSnapshot) => state.preview?.parts.map((part) => ('text' in part ? part.text : '')).join('') ?? '';

test.each([{ pageSize: 4 }, {}])('however the line is cut, a store with %o ends with the newest history and the answer in flight', async (options) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const server = new ToyServer();
      const line = new Line(server);
      const store = new ChatStore(new DurableChat({ fetch: line.fetch }), 'c', options);
      const seen: number[][] = [];
      const leave = store.subscribe(() => seen.push(ids(store.getSnapshot())));
      for (const next of steps) await run(server, line, store, next);
      line.most = Infinity;
      store.resume();
      await vi.advanceTimersByTimeAsync(100_000);
      leave();
      const state = store.getSnapshot();
      for (const messages of seen) expect(messages).toEqual([...new Set(messages)].sort((a, b) => a - b));
      const { length } = state.messages;
      expect(ids(state)).toEqual(server.history.slice(server.history.length - length).map(({ id }) => id));
      expect(length >= (options.pageSize === undefined ? server.history.length : Math.min(1, server.history.length))).toBe(true);
      expect(shown(state)).toBe(server.parts?.join('') ?? '');
    }),
    { numRuns: 100 },
  );
});
