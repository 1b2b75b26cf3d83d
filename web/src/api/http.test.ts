import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call, Refused, Unreachable } from './http';
import { retryAfter } from './retryAfter';

const cut = () => new ReadableStream<Uint8Array>({
  start(controller) {
    controller.enqueue(new TextEncoder().encode('{"id":'));
    controller.error(new TypeError('network error'));
  },
});

const answer = (body: BodyInit | null, init: ResponseInit = {}) => vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, init)));

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-10T12:00:00Z'), toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([200, 400, 503])('a body that breaks off after status %i is no answer', async (status) => {
  answer(cut(), { status });
  await expect(call('chats')).rejects.toBeInstanceOf(Unreachable);
});

test('a call that was given up says so, also while its body is read', async () => {
  const abort = new AbortController();
  answer(cut());
  abort.abort();
  await expect(call('chats', { signal: abort.signal })).rejects.not.toBeInstanceOf(Unreachable);
});

test('what is no JSON comes from somebody else, unless it is a refusal', async () => {
  answer('<html>sign in to this network</html>');
  await expect(call('chats')).rejects.toBeInstanceOf(Unreachable);
  answer('<html>too large</html>', { status: 413 });
  await expect(call('chats')).rejects.toMatchObject({ status: 413, code: 'unknown' });
  answer(null, { status: 204 });
  await expect(call('chats')).resolves.toBeUndefined();
});

test('what the server asks to wait is told with the failure', async () => {
  answer('{}', { status: 429, headers: { 'Retry-After': '7' } });
  await expect(call('chats')).rejects.toSatisfy((error) => error instanceof Refused && error.wait === 7_000);
  answer('{}', { status: 503, headers: { 'Retry-After': 'Sat, 10 Jan 2026 12:00:30 GMT' } });
  await expect(call('chats')).rejects.toSatisfy((error) => error instanceof Unreachable && error.wait === 30_000);
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
