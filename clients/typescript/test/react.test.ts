// @vitest-environment jsdom
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, inject, test, vi } from 'vitest';
import { DurableChat } from '../src/index.js';
import { useDurableChat, type UseDurableChat } from '../src/react.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

test('the hook makes a chat, shows the answer while it comes, stops it, and lets go', async () => {
  const aborts = vi.fn();
  const client = new DurableChat({
    url: inject('url'),
    fetch: (input, init) => {
      init?.signal?.addEventListener('abort', () => String(input).includes('/stream') && aborts());
      return fetch(input, init);
    },
  });
  const onCreated = vi.fn();
  const newChat = { model: 'slow' };
  let shown!: UseDurableChat;
  const Page = () => {
    shown = useDurableChat({ client, newChat, onCreated });
    return null;
  };
  const root = createRoot(document.createElement('div'));
  const see = (until: () => boolean) => act(() => vi.waitFor(() => expect(until()).toBe(true), { timeout: 20_000 }));

  await act(async () => root.render(createElement(Page)));
  expect([shown.chatId, shown.connection, shown.messages.length]).toEqual([undefined, 'idle', 0]);
  await act(() => shown.send('tell me a long story'));
  expect(onCreated).toHaveBeenCalledWith(shown.chatId);
  await see(() => shown.preview?.parts[0]?.type === 'text' && shown.preview.parts[0].text.length > 50);
  expect([shown.connection, shown.status, shown.messages.length]).toEqual(['open', 'running', 1]);
  await act(() => shown.stop());
  await see(() => shown.status === 'waiting' && shown.messages[1]?.finish_reason === 'interrupted');
  expect(shown.preview).toBeUndefined();
  await act(() => shown.edit(1, 'hello'));
  await see(() => shown.status === 'waiting' && shown.messages.length === 2 && shown.messages[0]?.id === 3);
  expect(aborts).not.toHaveBeenCalled();
  await act(async () => root.unmount());
  expect(aborts).toHaveBeenCalled();
});

test('messages sent at once go into one new chat, and without a chat there is none on show', async () => {
  const client = new DurableChat({ url: inject('url') });
  const created: string[] = [];
  let shown!: UseDurableChat;
  const Page = ({ on, chatId }: { on: DurableChat; chatId?: string | undefined }) => {
    shown = useDurableChat({ client: on, chatId, onCreated: (id) => created.push(id) });
    return null;
  };
  const root = createRoot(document.createElement('div'));
  const show = (chatId?: string, on = client) => act(async () => root.render(createElement(Page, { on, chatId })));
  const texts = () => shown.messages.filter((message) => message.role === 'user').map((message) => (message.parts[0]?.type === 'text' ? message.parts[0].text : ''));

  await show();
  await act(() => Promise.all([shown.send('one'), shown.send('two')]));
  const [first] = created;
  expect([created.length, shown.chatId]).toEqual([1, first]);
  await act(() => vi.waitFor(() => expect(texts()).toEqual(['one', 'two']), { timeout: 20_000 }));

  await show(first);
  expect(texts()).toEqual(['one', 'two']);
  await show(undefined);
  expect([shown.chatId, shown.messages.length, shown.connection]).toEqual([undefined, 0, 'idle']);
  await act(() => shown.send('three'));
  expect(created).toEqual([first, shown.chatId]);
  expect(shown.chatId).not.toBe(first);

  // Another server knows no chat of this one.
  await show(undefined, new DurableChat({ url: inject('url') }));
  expect(shown.chatId).toBeUndefined();
  await act(async () => root.unmount());
});

test('a chat that could not be made is made by the next message', async () => {
  let isAway = true;
  const client = new DurableChat({ url: inject('url'), retryForMs: 0, fetch: (input, init) => (isAway ? Promise.reject(new TypeError('Failed to fetch')) : fetch(input, init)) });
  let shown!: UseDurableChat;
  const Page = () => {
    shown = useDurableChat({ client });
    return null;
  };
  const root = createRoot(document.createElement('div'));
  await act(async () => root.render(createElement(Page)));
  const outcomes = await act(() => Promise.allSettled([shown.send('one'), shown.send('two')]));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  await act(() => shown.send('one'));
  expect(shown.chatId).toBeDefined();
  await act(async () => root.unmount());
});
