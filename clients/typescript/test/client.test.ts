import { afterEach, expect, inject, test, vi } from 'vitest';
import { type ChatEvent, ChatStore, DurableChat, DurableChatError, emptyChat, withEvent, type ChatState } from '../src/index.js';
import { CuttingProxy } from './cuttingProxy.js';

const url = inject('url');
const client = new DurableChat({ url });

afterEach(() => {
  vi.useRealTimers();
});

async function follow(chat: string, until: (state: ChatState, event: ChatEvent) => boolean, from = client): Promise<{ state: ChatState; events: ChatEvent[] }> {
  let state = emptyChat;
  const events: ChatEvent[] = [];
  for await (const event of from.follow(chat)) {
    events.push(event);
    state = withEvent(state, event);
    if (until(state, event)) break;
  }

  return { state, events };
}

const answered = (state: ChatState) => state.status === 'waiting' && state.messages.length >= 2;
const textOf = (events: ChatEvent[]) => events.map((event) => (event.type === 'message_part' && event.part.type === 'text' ? event.part.text : '')).join('');

test('a stream that is cut again and again gives every part and message once', async () => {
  const proxy = await CuttingProxy.start(url, { bytes: 9_000 });
  try {
    const { id } = await client.createChat({ content: 'tell me a long story', model: 'slow' });
    const { state, events } = await follow(id, answered, new DurableChat({ url: proxy.url }));
    expect(proxy.cuts).toBeGreaterThan(3);
    expect(state.messages.map((message) => message.id)).toEqual([1, 2]);
    const part = state.messages[1]!.parts[0]!;
    const text = part.type === 'text' ? part.text : '';
    expect(text).toMatch(/The end\.$/);
    // Whoever is cut off at the very end gets the message instead of the last parts.
    expect(text.startsWith(textOf(events))).toBe(true);
    expect(textOf(events).length).toBeGreaterThan(text.length / 2);
  } finally {
    proxy.close();
  }
});

test('a command whose answer is lost is done once', async () => {
  const proxy = await CuttingProxy.start(url, { lostAnswers: 2 });
  try {
    const lossy = new DurableChat({ url: proxy.url });
    const title = 'only one of these';
    const chat = await lossy.createChat({ content: 'hello', title });
    expect(proxy.cuts).toBe(2);
    const { chats } = await client.listChats({ limit: 200 });
    expect(chats.filter((other) => other.title === title).map((other) => other.id)).toEqual([chat.id]);
  } finally {
    proxy.close();
  }
});

test('after an edit the whole new history comes', async () => {
  const { id } = await client.createChat({ content: 'hello' });
  await follow(id, answered);
  const editing = follow(id, (state, event) => event.type === 'status' && state.messages[0]?.id === 3 && state.messages.length === 2 && state.status === 'waiting');
  await client.editMessage(id, 1, 'hello again');
  const { state } = await editing;
  expect(state.messages.map((message) => message.id)).toEqual([3, 4]);
  expect(state.preview).toBeUndefined();
});

test('a chat with a history waits, lists, stops and goes', async () => {
  const chat = await client.createChat({ history: [{ role: 'user', parts: [{ type: 'text', text: 'said before' }] }], model: 'slow' });
  expect([chat.status, chat.title]).toEqual(['waiting', 'said before']);
  await client.sendMessage(chat.id, 'tell me a long story');
  await follow(chat.id, (state) => state.preview !== undefined);
  expect((await client.sendMessage(chat.id, 'and then?')).queued_id).toBe(1);
  expect((await client.deleteQueued(chat.id, 1)).status).toBe('running');
  await client.interrupt(chat.id);
  const { state } = await follow(chat.id, (state) => state.status === 'waiting' && state.messages.length === 3);
  expect(state.messages[2]!.finish_reason).toBe('interrupted');
  expect((await client.updateChat(chat.id, { archived: true })).archived).toBe(true);
  expect((await client.listMessages(chat.id, { before_id: 3 })).messages.map((message) => message.id)).toEqual([1, 2]);
  await client.deleteChat(chat.id);
  await expect(follow(chat.id, () => false)).rejects.toMatchObject({ code: 'chat_not_found', status: 404 });
  expect((await client.listModels())[0]!.is_default).toBe(true);
});

test('a message keeps the settings of its chat and its own', async () => {
  const [model] = await client.listModels();
  expect(model!.allow.temperature).toEqual({ min: 0, max: 1 });
  const { id } = await client.createChat({ content: 'hello', settings: { temperature: 0.1 } });
  await follow(id, answered);
  await client.sendMessage(id, 'more', { settings: { temperature: 0.2 } });
  await follow(id, (state) => state.status === 'waiting' && state.messages.length === 4);
  await client.updateChat(id, { settings: {}, model: 'slow' });
  await client.editMessage(id, 3, 'again');
  const { state } = await follow(id, (now) => now.status === 'waiting' && now.messages.length === 4);
  expect(state.messages.map((message) => message.settings?.temperature)).toEqual([0.1, undefined, 0.2, undefined]);
  expect(await client.getChat(id)).toMatchObject({ model: 'slow' });
  const refused = client.sendMessage(id, 'x', { model: 'demo', settings: { temperature: 2 } });
  await expect(refused).rejects.toMatchObject({ code: 'setting_out_of_bounds', field: 'settings.temperature' });
});

test('a refusal names the field, and is not tried again', async () => {
  await expect(client.createChat({ content: 'x', model: 'none' })).rejects.toMatchObject({ code: 'invalid_field', field: 'model', retryable: false });
});

test('an abort ends the iteration with its reason', async () => {
  const { id } = await client.createChat({ content: 'tell me a long story', model: 'slow' });
  const abort = new AbortController();
  const reason = new Error('enough');
  const reading = (async () => {
    for await (const event of client.follow(id, { signal: abort.signal })) if (event.type === 'message_part') abort.abort(reason);
  })();
  await expect(reading).rejects.toBe(reason);
  expect((await client.getChat(id)).status).toBe('running');
});

test('Retry-After is honoured by commands and streams', async () => {
  vi.useFakeTimers();
  let calls = 0;
  const busy = () => new Response('{"code":"too_many_requests","retryable":true}', { status: 429, headers: { 'Retry-After': '7' } });
  const away = new DurableChat({ url, fetch: () => (calls++, Promise.resolve(busy())) });
  const abort = new AbortController();
  const listing = away.listModels().catch((error: unknown) => error);
  const following = away.follow('x', { signal: abort.signal }).next().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(6_900);
  expect(calls).toBe(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(calls).toBe(4);
  abort.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await listing).toMatchObject({ code: 'too_many_requests', retryAfterMs: 7_000 });
  expect(await following).toMatchObject({ name: 'AbortError' });
  expect(calls).toBe(7);
});

test('whatever a proxy does to it, nothing comes twice and a gap is closed', async () => {
  vi.useFakeTimers();
  const responses = [
    [message(1), message(1), part(1, 2), part(2), part(4)],
    [part(3, 5), 'event: message_part\ndata: {"type":"mess'],
    [part(6), message(3)],
    [message(2), message(5, 2)],
  ];
  const { seen, positions } = await followed(responses, 'm2');
  expect(seen).toEqual(['m1', 'p1-2', 'p3-5', 'p6-6', 'm2']);
  expect(positions).toEqual([null, '1.1.1.2', '1.1.1.5', '1.1.1.6']);
});

test('states that come again, or from a replica that is behind, are not handed on', async () => {
  vi.useFakeTimers();
  const { seen } = await followed(
    [[state('status', 5), message(1), state('queue_update', 5)], [state('status', 4), state('queue_update', 5), frame({ type: 'error', error: {} }), message(1)], [state('status', 5), state('queue_update', 6), message(2)]],
    'm2',
  );
  expect(seen).toEqual(['status5', 'm1', 'queue_update5', 'error', 'queue_update6', 'm2']);
});

test('after a restore from a backup the states and parts of the history that was restored come', async () => {
  vi.useFakeTimers();
  const reset = frame({ type: 'history_reset', position: '2.0.0.0', epoch: 2 });
  const before = [state('status', 7), message(1), state('queue_update', 7), part(1, 2, 7)];
  const behind = [state('queue_update', 6)];
  const restored = [state('status', 3), reset, message(1), state('queue_update', 3), part(1, 1, 3)];
  const again = [reset, state('status', 2), message(1), message(2)];
  const { seen } = await followed([before, behind, restored, again, [state('status', 1), message(3)]], 'm3');
  expect(seen.slice(0, 4)).toEqual(['status7', 'm1', 'queue_update7', 'p1-2']);
  expect(seen.slice(4, 9)).toEqual(['history_reset', 'status3', 'm1', 'queue_update3', 'p1-1']);
  expect(seen.slice(9)).toEqual(['history_reset', 'status2', 'm1', 'm2', 'm3']);
});

test('a stream that has the same gap on every connection is opened more and more seldom', async () => {
  vi.useFakeTimers();
  const { took } = await followed([...Array.from({ length: 6 }, () => [state('status', 1), message(3)]), [message(1)]], 'm1');
  expect(took).toBeGreaterThan(10_000);
});

test('a token that has expired is asked for once more', async () => {
  const tokens = ['old', 'new', 'older', 'oldest'];
  const seen: (string | null)[] = [];
  const fake: typeof fetch = (_, init) => {
    const token = new Headers(init?.headers).get('Authorization');
    seen.push(token);
    return Promise.resolve(token === 'Bearer new' ? new Response('{"models":[]}') : new Response('{"code":"token_expired"}', { status: 401 }));
  };
  const guarded = new DurableChat({ url, fetch: fake, token: () => tokens.shift()! });
  expect(await guarded.listModels()).toEqual([]);
  expect(seen).toEqual(['Bearer old', 'Bearer new']);
  await expect(guarded.listModels()).rejects.toBeInstanceOf(DurableChatError);
});

test('a token that cannot be had once is asked for again, and one that will not be had ends a stream', async () => {
  vi.useFakeTimers();
  const signedOut = new DurableChatError('Signed out.', 'unauthorized', 401, false);
  const tokens: (() => string)[] = [
    () => 'a',
    () => {
      throw new TypeError('Failed to fetch');
    },
    () => 'b',
    () => {
      throw signedOut;
    },
  ];
  const seen: string[] = [];
  const fake: typeof fetch = (_, init) => {
    seen.push(new Headers(init?.headers).get('Authorization')!);
    return Promise.resolve(new Response(message(seen.length), { headers: { 'Content-Type': 'text/event-stream' } }));
  };
  const store = new ChatStore(new DurableChat({ url, fetch: fake, token: () => tokens.shift()!() }), 'x');
  store.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual(['Bearer a', 'Bearer b']);
  expect(store.getSnapshot()).toMatchObject({ connection: 'ended', failure: signedOut, messages: [{ id: 1 }, { id: 2 }] });
});

test('a store that gets what nobody can understand ends and says so', async () => {
  const fake: typeof fetch = () => Promise.resolve(new Response('data: {\n\n', { headers: { 'Content-Type': 'text/event-stream' } }));
  const store = new ChatStore(new DurableChat({ url, fetch: fake }), 'x');
  store.subscribe(() => {});
  await vi.waitFor(() => expect(store.getSnapshot()).toMatchObject({ connection: 'ended', failure: { code: 'unreachable', retryable: false } }));
});

test.each([
  [undefined, '/api/v1/chats/a%2Fb'],
  ['/chat', '/chat/chats/a%2Fb'],
  ['an/app/', '/an/app/chats/a%2Fb'],
  ['/', '/chats/a%2Fb'],
])('with the prefix %s a chat is at %s', async (prefix, path) => {
  const asked: string[] = [];
  const fake: typeof fetch = (input) => (asked.push(String(input)), Promise.resolve(new Response('{}')));
  await new DurableChat({ url: 'https://example.org/', ...(prefix === undefined ? {} : { prefix }), fetch: fake }).getChat('a/b');
  await new DurableChat({ ...(prefix === undefined ? {} : { prefix }), fetch: fake }).getChat('a/b');
  expect(asked).toEqual([`https://example.org${path}`, path]);
});

function frame(data: { type: string; [name: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify({ chat_id: 'x', ...data })}\n\n`;
}

function message(id: number, previous = id - 1): string {
  return frame({ type: 'message', position: `1.${id}.1.0`, message: { id, previous_id: previous, role: 'user', parts: [], generation: 0, created_at: '' } });
}

function part(first: number, last = first, generation = 1): string {
  return frame({ type: 'message_part', position: `1.1.${generation}.${last}`, generation, first_seq: first, seq: last, part: { type: 'text', text: `${first}-${last} ` } });
}

function state(type: string, version: number): string {
  return frame({ type, version, queue: [] });
}

/** Follows a chat whose connections give these responses, one after another, until something is seen. Needs timers that are faked. */
async function followed(responses: string[][], last: string): Promise<{ seen: string[]; positions: (string | null)[]; took: number }> {
  const positions: (string | null)[] = [];
  const seen: string[] = [];
  const fake: typeof fetch = (_, init) => {
    positions.push(new Headers(init?.headers).get('Last-Event-ID'));
    return Promise.resolve(new Response(responses.shift()!.join(''), { headers: { 'Content-Type': 'text/event-stream' } }));
  };
  const reading = (async () => {
    for await (const event of new DurableChat({ url, fetch: fake }).follow('x')) {
      seen.push(event.type === 'message' ? `m${event.message.id}` : event.type === 'message_part' ? `p${event.first_seq}-${event.seq}` : `${event.type}${'version' in event ? event.version : ''}`);
      if (seen.includes(last)) break;
    }

    return Date.now();
  })();
  const begun = Date.now();
  await vi.advanceTimersByTimeAsync(60_000);
  return { seen, positions, took: (await reading) - begun };
}
