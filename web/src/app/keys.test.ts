import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatStatus } from 'durablechat';
import type { ChatSession } from '../chat/session';

const fetch = vi.hoisted(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  const fake = vi.fn((..._: unknown[]) => Promise.reject(new TypeError('no network')));
  vi.stubGlobal('fetch', fake);
  // jsdom does not know the selector, and nothing here opens one.
  vi.spyOn(document, 'querySelector').mockReturnValue(null);
  return fake;
});

const { current } = await import('../chat/current');
const { go } = await import('../ui/router');
const { handleShortcut } = await import('./keys');

beforeEach(() => {
  go('/c/a');
  current.value!.close();
  fetch.mockClear();
});

afterEach(() => go('/'));

async function escapeWhile(status: ChatStatus, by: KeyboardEventInit = {}): Promise<number> {
  current.value = { id: 'a', state: signal({ status }), close: () => undefined } as unknown as ChatSession;
  handleShortcut(new KeyboardEvent('keydown', { key: 'Escape', ...by }));
  // Requests begin once their token is there.
  await new Promise((resolve) => setTimeout(resolve));
  return fetch.mock.calls.filter(([url]) => url === '/api/v1/chats/a/interrupt').length;
}

test.each([
  ['running', 1],
  ['requires_action', 1],
  ['interrupting', 0],
  ['waiting', 0],
] as const)('escape while the chat is %s stops %i answers', async (status, stops) => {
  expect(await escapeWhile(status)).toBe(stops);
});

test('escape that leaves a composition stops nothing', async () => {
  expect(await escapeWhile('running', { isComposing: true })).toBe(0);
});
