import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DurableChat, DurableChatError, type Options } from '../src/index.js';
import { retryAfter } from '../src/errors.js';

const cut = () => new ReadableStream<Uint8Array>({
  start(controller) {
    controller.enqueue(new TextEncoder().encode('{"id":'));
    controller.error(new TypeError('network error'));
  },
});

/** Asks for a chat once, and gives what came of it. */
function ask(body: BodyInit | null, init: ResponseInit = {}, options: Options = {}, signal?: AbortSignal): Promise<unknown> {
  return new DurableChat({ retryForMs: 0, fetch: () => Promise.resolve(new Response(body, init)), ...options }).getChat('c', { signal });
}

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-10T12:00:00Z'), toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

test.each([200, 400, 503])('a body that breaks off after status %i is no answer', async (status) => {
  await expect(ask(cut(), { status })).rejects.toMatchObject({ code: 'unreachable', status: 0, retryable: true });
});

test('a call that was given up says so, also while its body is read', async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(ask(cut(), {}, {}, abort.signal)).rejects.toBe(abort.signal.reason);
});

test('what is no JSON comes from somebody else, unless it is a refusal', async () => {
  await expect(ask('<html>sign in to this network</html>')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  await expect(ask('')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  await expect(ask('<html>too large</html>', { status: 413 })).rejects.toMatchObject({ status: 413, retryable: false });
  await expect(ask(null, { status: 204 })).resolves.toBeUndefined();
});

test('what the server asks to wait is told with the failure', async () => {
  await expect(ask('{}', { status: 429, headers: { 'Retry-After': '7' } })).rejects.toMatchObject({ status: 429, retryAfterMs: 7_000 });
  const busy = ask('{}', { status: 503, headers: { 'Retry-After': 'Sat, 10 Jan 2026 12:00:30 GMT' } });
  await expect(busy).rejects.toMatchObject({ retryable: true, retryAfterMs: 30_000 });
});

test.each([
  [undefined, 0],
  ['5', 5_000],
  ['Sat, 10 Jan 2026 12:01:00 GMT', 60_000],
  ['Sat, 10 Jan 2026 11:00:00 GMT', 0],
  ['soon', 0],
  ['-3', 0],
  ['99999999999', 3_600_000],
])('a server that says "%s" is left alone for %i ms', (said, wait) => {
  expect(retryAfter(new Headers(said === undefined ? {} : { 'Retry-After': said }))).toBe(wait);
});

test('a token that was refused is not sent again', async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response('{"code":"unauthorized"}', { status: 401 })));
  const token = vi.fn(() => 'the only one');
  await expect(ask(null, {}, { fetch, token })).rejects.toBeInstanceOf(DurableChatError);
  expect([fetch.mock.calls.length, token.mock.calls.length]).toEqual([1, 2]);
});
