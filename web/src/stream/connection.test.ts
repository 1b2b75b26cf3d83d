import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backoff } from './backoff';
import { Connection, type ConnectionState } from './connection';

interface Request { url: string; headers: Record<string, string>; send: (text: string) => void; end: () => void }

function setUp(options: { after?: number; status?: () => number } = {}) {
  const requests: Request[] = [];
  const states: ConnectionState[] = [];
  const events: unknown[] = [];
  const fake = vi.fn((url: string, init: RequestInit) => {
    let control!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (control = controller) });
    init.signal!.addEventListener('abort', () => {
      try {
        control.error(new Error('aborted'));
      } catch {
        // Ended already.
      }
    });
    requests.push({ url, headers: init.headers as Record<string, string>, send: (text) => control.enqueue(new TextEncoder().encode(text)), end: () => control.close() });
    const status = options.status?.() ?? 200;
    return Promise.resolve(status === 200 ? new Response(body) : new Response('{}', { status, headers: { 'Retry-After': '7' } }));
  });
  const connection = new Connection({
    url: '/stream',
    ...(options.after !== undefined && { after: options.after }),
    headers: () => ({ Authorization: 'Bearer x' }),
    events: (batch) => events.push(...batch),
    state: (state) => states.push(state),
    fetch: fake as unknown as typeof fetch,
    random: () => 0.5,
  });
  return { connection, requests, states, events };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it begins after a message and goes on after the last event', async () => {
  const { connection, requests, events, states } = setUp({ after: 12 });
  connection.resume();
  await settle();
  expect(requests[0]).toMatchObject({ url: '/stream?after_id=12', headers: { Authorization: 'Bearer x' } });
  requests[0]!.send('id: 1.13.0.0\ndata: {"n":1}\n\ndata: {"n":2}\n\nid: 1.14.0.0\ndata: {"n"');
  await settle();
  requests[0]!.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(events).toEqual([{ n: 1 }, { n: 2 }]);
  expect(requests[1]).toMatchObject({ url: '/stream', headers: { 'Last-Event-ID': '1.13.0.0' } });
  expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
  connection.close();
});

test('silence counts as a cut line', async () => {
  const { connection, requests } = setUp();
  connection.resume();
  await settle();
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(15_000);
    requests[0]!.send(': heartbeat\n\n');
  }

  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(37_000);
  expect(requests).toHaveLength(2);
  connection.close();
});

test('a chat that is gone and a token that is not known end it', async () => {
  for (const [status, state] of [[404, 'gone'], [401, 'unauthorized']] as const) {
    const { connection, requests } = setUp({ status: () => status });
    connection.resume();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(1);
    expect(connection.state).toBe(state);
  }
});

test('it waits as long as the server asks', async () => {
  const { connection, requests } = setUp({ status: () => 429 });
  connection.resume();
  await vi.advanceTimersByTimeAsync(6_900);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(requests).toHaveLength(2);
  connection.close();
});

test('a pause keeps the position, and coming back does not wait', async () => {
  const { connection, requests } = setUp();
  connection.resume();
  await settle();
  requests[0]!.send('id: 5\ndata: {}\n\n');
  await settle();
  connection.pause();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(requests).toHaveLength(1);
  connection.resume();
  await settle();
  expect(requests[1]!.headers['Last-Event-ID']).toBe('5');
  connection.close();
});

test('pauses between attempts double up to a limit, each with its own jitter', () => {
  expect(backoff(0, 1_000, () => 0)).toBe(500);
  expect(backoff(0, 1_000, () => 1)).toBe(1_000);
  expect(backoff(2, 1_000, () => 1)).toBe(4_000);
  expect(backoff(60, 1_000, () => 1)).toBe(15_000);
});
