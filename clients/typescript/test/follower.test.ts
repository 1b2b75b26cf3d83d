import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backoff, DurableChat, Follower, type FollowerState } from '../src/index.js';

interface Request { url: string; headers: Headers; send: (text: string) => void; end: () => void }

function setUp(options: { after?: number; status?: () => number } = {}) {
  const requests: Request[] = [];
  const states: FollowerState[] = [];
  const events: unknown[] = [];
  const fake: typeof fetch = (url, init) => {
    let control!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (control = controller) });
    init!.signal!.addEventListener('abort', () => {
      try {
        control.error(new Error('aborted'));
      } catch {
        // Ended already.
      }
    });
    requests.push({ url: String(url), headers: new Headers(init!.headers), send: (text) => control.enqueue(new TextEncoder().encode(text)), end: () => control.close() });
    const status = options.status?.() ?? 200;
    return Promise.resolve(status === 200
      ? new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
      : new Response('{}', { status, headers: { 'Retry-After': '7' } }));
  };
  const client = new DurableChat({ fetch: fake, token: 'x' });
  let position: string | undefined;
  const follower = new Follower({
    open: (stream) => client.follow('c', { ...stream, maxSilenceMs: 35_000, ...(position === undefined ? { afterId: options.after } : { position }) }),
    onEvent: (event) => {
      events.push(event);
      if ('position' in event) position = event.position;
    },
    onState: (state) => states.push(state),
  });
  return { follower, requests, states, events };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const message = (id: number) => `data: ${JSON.stringify({ type: 'message', position: `1.${id}.0.0`, message: { id, previous_id: id - 1 } })}\n\n`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('it begins after a message and goes on after the last event', async () => {
  const { follower, requests, events, states } = setUp({ after: 12 });
  follower.resume();
  await settle();
  expect(requests[0]!.url).toBe('/api/v1/chats/c/stream?after_id=12');
  expect(requests[0]!.headers.get('Authorization')).toBe('Bearer x');
  requests[0]!.send(`${message(13)}data: {"type":"tool_progress"}\n\ndata: {"type":"mess`);
  await settle();
  requests[0]!.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(events).toMatchObject([{ type: 'message' }, { type: 'tool_progress' }]);
  expect(requests[1]!.url).toBe('/api/v1/chats/c/stream');
  expect(requests[1]!.headers.get('Last-Event-ID')).toBe('1.13.0.0');
  expect(states).toEqual(['connecting', 'open', 'lost', 'connecting', 'open']);
  follower.pause();
});

test('silence counts as a cut line', async () => {
  const { follower, requests } = setUp();
  follower.resume();
  await settle();
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(15_000);
    requests[0]!.send(': heartbeat\n\n');
  }

  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(37_000);
  expect(requests).toHaveLength(2);
  follower.pause();
});

test.each([404, 401])('status %i ends it, until it is resumed', async (status) => {
  const answers = [status];
  const { follower, requests } = setUp({ status: () => answers.shift() ?? 200 });
  follower.resume();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([requests.length, follower.state]).toEqual([1, 'ended']);
  follower.resume();
  await settle();
  expect([requests.length, follower.state]).toEqual([2, 'open']);
  follower.pause();
});

test('it waits as long as the server asks', async () => {
  const { follower, requests } = setUp({ status: () => 429 });
  follower.resume();
  await vi.advanceTimersByTimeAsync(6_900);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(requests).toHaveLength(2);
  follower.pause();
});

test('it goes on at once in the middle of a wait', async () => {
  const answers = [429];
  const { follower, requests } = setUp({ status: () => answers.shift() ?? 200 });
  follower.resume();
  await settle();
  follower.resume();
  await settle();
  follower.resume();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([requests.length, follower.state]).toEqual([2, 'open']);
  follower.pause();
});

test('a pause keeps the position, and coming back does not wait', async () => {
  const { follower, requests, events } = setUp();
  follower.resume();
  await settle();
  requests[0]!.send(message(1));
  await settle();
  follower.pause();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([requests.length, events.length]).toEqual([1, 1]);
  follower.resume();
  await settle();
  expect(requests[1]!.url).toBe('/api/v1/chats/c/stream?last_event_id=1.1.0.0');
  follower.pause();
});

test('a stream that ends comes back after what its server asks for', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { follower, requests } = setUp();
  follower.resume();
  await settle();
  requests[0]!.send('retry: 5000\n\n');
  requests[0]!.end();
  await vi.advanceTimersByTimeAsync(2_400);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(requests).toHaveLength(2);
  follower.pause();
});

test('pauses between attempts double up to a limit, each with its own jitter', () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  expect(backoff(0, 0, 1_000)).toBe(500);
  random.mockReturnValue(1);
  expect(backoff(0, 0, 1_000)).toBe(1_000);
  expect(backoff(2, 0, 1_000)).toBe(4_000);
  expect(backoff(60, 0, 1_000)).toBe(15_000);
});
