import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatEvent, Message, MessagePage } from 'durablechat';
import { textOf } from './rows';
import { ChatSession } from './session';

const message = (id: number, text: string): Message => ({ id, previous_id: id - 1, role: 'user', parts: [{ type: 'text', text }], generation: 0, created_at: '' });

/** A server with one chat, whose history and streams the test has in its hands. */
function setUp() {
  const page: MessagePage = { epoch: 1, last_message_id: 1, messages: [message(1, 'first')], has_more: false };
  const streams: ((event: ChatEvent) => void)[] = [];
  const refusals: number[] = [];
  let pages = 0;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.includes('/stream')) {
      pages++;
      return Promise.resolve(Response.json(page));
    }

    const refused = refusals.shift();
    if (refused !== undefined) return Promise.resolve(new Response('{}', { status: refused }));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        streams.push((event) => controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`)));
        init.signal!.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  });
  const session = new ChatSession('c');
  const rewrite = (epoch: number, text: string) => Object.assign(page, { epoch, messages: [message(1, text)] });
  /** Sends an event on the stream of that number and waits until it is drawn. */
  async function send(stream: number, event: ChatEvent): Promise<void> {
    streams[stream]!(event);
    await settle();
  }

  return { session, streams, refusals, send, rewrite, pages: () => pages, texts: () => session.state.value.messages.map(({ parts }) => textOf(parts)) };
}

const settle = () => vi.advanceTimersByTimeAsync(200);
const waiting: ChatEvent = { type: 'status', chat_id: 'c', version: 1, status: 'waiting', title: '', model: '', archived: false };
const reset = (epoch: number): ChatEvent => ({ type: 'history_reset', chat_id: 'c', position: '', epoch });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a history that is rewritten again while it is read anew is read once more', async () => {
  const { session, send, rewrite, texts } = setUp();
  await settle();
  await send(0, waiting);
  rewrite(2, 'second');
  await send(0, reset(2));
  rewrite(3, 'third');
  await send(1, reset(3));
  await send(2, waiting);
  expect(texts()).toEqual(['third']);
  await send(2, { type: 'message', chat_id: 'c', position: '', message: message(2, 'goes on') });
  expect(texts()).toEqual(['third', 'goes on']);
  session.close();
});

test('a session that is closed asks for nothing any more', async () => {
  const { session, streams, send, pages } = setUp();
  await settle();
  await send(0, waiting);
  streams[0]!(reset(2));
  await vi.advanceTimersByTimeAsync(0);
  session.close();
  await settle();
  session.resume();
  await settle();
  expect(pages()).toBe(1);
  expect(session.state.value.stale).toBe(false);
});

test('a stream that a fault of the server ended is lost for a while, and one of a chat that is gone for ever', async () => {
  const { session, streams, refusals, send, texts } = setUp();
  refusals.push(500);
  await settle();
  expect([session.connection.value, session.loading.value, texts()]).toEqual(['lost', 'ready', ['first']]);
  refusals.push(500);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(streams).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(5_000);
  await send(0, waiting);
  expect([session.connection.value, session.loading.value, texts()]).toEqual(['open', 'ready', ['first']]);
  refusals.push(404);
  session.pause();
  session.resume();
  await settle();
  expect([session.connection.value, session.loading.value]).toEqual(['ended', 'not_found']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toHaveLength(1);
  session.close();
});
