import * as api from '../api/chats';
import { newKey } from '../api/http';
import { forget, keep } from '../chats/chatList';
import { attempt } from '../ui/notices';
import { chatPath, go, route } from '../ui/router';
import { writeDraft } from './drafts';
import { model } from './models';

let creation = { key: newKey(), content: '', model: model.peek() };

/** Creates a chat and goes there. Trying again with the same text does not make a second chat. */
export async function create(content: string): Promise<boolean> {
  if (creation.content !== content || creation.model !== model.value) creation = { key: newKey(), content, model: model.value };
  return attempt(async () => {
    const chat = await api.createChat(content, creation.model, creation.key);
    creation = { key: newKey(), content: '', model: undefined };
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
    writeDraft(chat, '');
    if (route.value.page === 'chat' && route.value.id === chat) go('/', true);
  });
