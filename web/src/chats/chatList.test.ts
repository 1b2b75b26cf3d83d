import { afterEach, expect, test, vi } from 'vitest';
import { pauseWatching, readAll, watchChats } from './chatList';

afterEach(() => void vi.unstubAllGlobals());

/** A server without chats, and what it was asked for. */
function setUp() {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(url.endsWith('/watch') ? new Response('data: {"type":"chats","chats":[]}\n\n', { headers: { 'Content-Type': 'text/event-stream' } }) : Response.json({ chats: [] }));
  });
  return { archives: () => asked.filter((url) => url.includes('archived=true')).length };
}

test('once the stream was away, an archive that was read is read anew', async () => {
  const { archives } = setUp();
  watchChats();
  await readAll(true);
  await readAll(true);
  expect(archives()).toBe(1);
  pauseWatching();
  watchChats();
  await vi.waitFor(() => expect(archives()).toBe(2));
  pauseWatching();
});
