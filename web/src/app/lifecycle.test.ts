import { expect, test, vi } from 'vitest';

const fetch = vi.hoisted(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
  const fake = vi.fn((..._: unknown[]) => Promise.resolve(new Response(new ReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } })));
  vi.stubGlobal('fetch', fake);
  return fake;
});

const { pauseWatching } = await import('../chats/chatList');
const { startLifecycle } = await import('./lifecycle');

test('a browser that says it is offline still asks a server, which may be on this machine', async () => {
  startLifecycle();
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(1));
  dispatchEvent(new Event('offline'));
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(2));
  pauseWatching();
});
