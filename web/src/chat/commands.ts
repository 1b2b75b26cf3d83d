import { DurableChatError } from 'durablechat';
import { client } from '../api/client';
import { forget, keep } from '../chats/chatList';
import { attempt } from '../ui/notices';
import { chatPath, go, route } from '../ui/router';
import { beginCreation, forgetCreation, type Creation } from './creation';
import { forgetDrafts } from './drafts';
import { effort, model } from './models';

/** Creates a chat and goes there. Trying again with the same text does not make a second chat. */
export async function create(content: string): Promise<boolean> {
  const creation = beginCreation(content, model.value, effort.value);
  return attempt(async () => {
    const chat = await client.createChat(wanted(creation), { idempotencyKey: creation.key }).catch((error: unknown) => {
      // A key that is spent would be refused for ever.
      if (error instanceof DurableChatError && error.code === 'idempotency_key_spent') forgetCreation();
      throw error;
    });
    forgetCreation();
    keep(chat);
    go(chatPath(chat.id));
  });
}

const wanted = ({ content, model, effort }: Creation) => ({ content, ...(model && { model }), ...(effort && { settings: { reasoning_effort: effort } }) });

export const stop = (chat: string) => attempt(() => client.interrupt(chat));

export const edit = (chat: string, message: number, content: string) => attempt(() => client.editMessage(chat, message, content));

export const deleteQueued = (chat: string, id: number) => attempt(() => client.deleteQueued(chat, id));

export const promoteQueued = (chat: string, id: number) => attempt(() => client.promoteQueued(chat, id));

export const submitToolResult = (chat: string, callId: string, result: string) => attempt(() => client.submitToolResults(chat, [{ call_id: callId, result, is_error: false }]));

export const rename = (chat: string, title: string) => attempt(async () => keep(await client.updateChat(chat, { title })));

export const archive = (chat: string, archived: boolean) => attempt(async () => keep(await client.updateChat(chat, { archived })));

export const remove = (chat: string) =>
  attempt(async () => {
    await client.deleteChat(chat);
    forget(chat);
    forgetDrafts(chat);
    if (route.value.page === 'chat' && route.value.id === chat) go('/', true);
  });
