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
