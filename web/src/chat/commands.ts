import * as api from '../api/chats';
import { Refused } from '../api/http';
import { forget, keep } from '../chats/chatList';
import { attempt } from '../ui/notices';
import { chatPath, go, route } from '../ui/router';
import { beginCreation, forgetCreation } from './creation';
import { forgetDrafts } from './drafts';
import { effort, model } from './models';

/** Creates a chat and goes there. Trying again with the same text does not make a second chat. */
export async function create(content: string): Promise<boolean> {
  const creation = beginCreation(content, model.value, effort.value);
  return attempt(async () => {
    const chat = await api.createChat(content, creation.model, creation.effort, creation.key).catch((error: unknown) => {
      // A key that is spent would be refused for ever.
      if (error instanceof Refused && error.code === 'idempotency_key_spent') forgetCreation();
      throw error;
    });
    forgetCreation();
    keep(chat);
    go(chatPath(chat.id));
  });
}

export const stop = (chat: string) => attempt(() => api.interrupt(chat));

export const edit = (chat: string, message: number, content: string) => attempt(() => api.editMessage(chat, message, content));

export const deleteQueued = (chat: string, id: number) => attempt(() => api.deleteQueued(chat, id));

export const promoteQueued = (chat: string, id: number) => attempt(() => api.promoteQueued(chat, id));

export const submitToolResult = (chat: string, callId: string, result: string) => attempt(() => api.submitToolResult(chat, callId, result));

export const rename = (chat: string, title: string) => attempt(async () => keep(await api.updateChat(chat, { title })));

export const archive = (chat: string, archived: boolean) => attempt(async () => keep(await api.updateChat(chat, { archived })));

export const remove = (chat: string) =>
  attempt(async () => {
    await api.deleteChat(chat);
    forget(chat);
    forgetDrafts(chat);
    if (route.value.page === 'chat' && route.value.id === chat) go('/', true);
  });
