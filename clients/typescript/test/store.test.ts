import { expect, inject, test, vi } from 'vitest';
import { ChatStore, DurableChat, type ChatState } from '../src/index.js';

const client = new DurableChat({ url: inject('url') });

const history = (count: number) => Array.from({ length: count }, (_, index) => ({
  role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
  parts: [{ type: 'text' as const, text: `${index + 1}` }],
}));

const ids = (state: ChatState) => state.messages.map((message) => message.id);

test('a long history is read by pages, and the stream goes on behind the newest', async () => {
  const { id } = await client.createChat({ history: history(7) });
  const store = new ChatStore(client, id, { pageSize: 3 });
  const end = store.subscribe(() => {});
  await vi.waitFor(() => expect(store.getSnapshot()).toMatchObject({ isLoaded: true, connection: 'open', status: 'waiting', hasOlder: true }));
  expect(ids(store.getSnapshot())).toEqual([5, 6, 7]);
  await store.readOlder();
  expect(ids(store.getSnapshot())).toEqual([2, 3, 4, 5, 6, 7]);
  await client.sendMessage(id, 'hello');
  await store.readOlder();
  await vi.waitFor(() => expect(ids(store.getSnapshot())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]), { timeout: 10_000 });
  expect(store.getSnapshot().hasOlder).toBe(false);
  end();
});

test('a history that is rewritten stays until its newest page is there', async () => {
  const { id } = await client.createChat({ history: history(6) });
  const store = new ChatStore(client, id, { pageSize: 2 });
  const shown: number[][] = [];
  const end = store.subscribe(() => void shown.push(ids(store.getSnapshot())));
  await vi.waitFor(() => expect(store.getSnapshot().status).toBe('waiting'));
  await store.readOlder();
  await vi.waitFor(() => expect(shown.at(-1)).toEqual([3, 4, 5, 6]));
  await client.editMessage(id, 5, 'again');
  await vi.waitFor(() => expect(shown.at(-1)!.slice(-2)).toEqual([7, 8]), { timeout: 10_000 });
  expect(store.getSnapshot()).toMatchObject({ stale: false, hasOlder: true });
  await store.readOlder(10);
  expect(ids(store.getSnapshot())).toEqual([1, 2, 3, 4, 7, 8]);
  expect(shown.filter((messages) => messages.length === 0)).toEqual(shown.slice(0, shown.findIndex((messages) => messages.length > 0)));
  end();
});

test('a store that was paused goes on where it was, without reading the page again', async () => {
  const asked: string[] = [];
  const watched = new DurableChat({ url: inject('url'), fetch: (input, init) => (asked.push(String(input)), fetch(input, init)) });
  const { id } = await client.createChat({ history: history(4) });
  const store = new ChatStore(watched, id, { pageSize: 2 });
  const end = store.subscribe(() => {});
  await client.sendMessage(id, 'hello');
  await vi.waitFor(() => expect(ids(store.getSnapshot())).toEqual([3, 4, 5, 6]), { timeout: 10_000 });
  store.pause();
  expect(store.getSnapshot().connection).toBe('idle');
  await client.sendMessage(id, 'and again');
  store.resume();
  await vi.waitFor(() => expect(ids(store.getSnapshot())).toEqual([3, 4, 5, 6, 7, 8]), { timeout: 10_000 });
  expect(asked.map((url) => /messages|after_id|last_event_id/.exec(url)?.[0])).toEqual(['messages', 'after_id', 'last_event_id']);
  end();
  store.resume();
  await client.deleteChat(id);
  expect(asked).toHaveLength(3);
});

test('a page is shown though its stream cannot be had', async () => {
  const { id } = await client.createChat({ history: history(4) });
  const torn = new DurableChat({ url: inject('url'), fetch: (input, init) => (String(input).includes('/stream') ? Promise.reject(new TypeError('Failed to fetch')) : fetch(input, init)) });
  const store = new ChatStore(torn, id, { pageSize: 2 });
  const end = store.subscribe(() => {});
  await vi.waitFor(() => expect(store.getSnapshot()).toMatchObject({ connection: 'lost', isLoaded: true, status: undefined }));
  expect(ids(store.getSnapshot())).toEqual([3, 4]);
  end();
});

test('a chat that is not there ends the store, pages or not', async () => {
  for (const options of [{}, { pageSize: 2 }]) {
    const store = new ChatStore(client, 'none', options);
    const end = store.subscribe(() => {});
    await vi.waitFor(() => expect(store.getSnapshot()).toMatchObject({ connection: 'ended', isLoaded: false, failure: { status: 404 } }));
    end();
  }
});
