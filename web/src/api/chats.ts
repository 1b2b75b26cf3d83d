import { call, newKey } from './http';
import type { ChatPage, ChatSummary, CommandResult, MessagePage, Model } from './types';

const at = (chat: string, rest = '') => `chats/${encodeURIComponent(chat)}${rest}`;

export const models = () => call<{ models: Model[] }>('models').then((answer) => answer.models);

export const createChat = (content: string, model: string | undefined, effort: string | undefined, idempotencyKey: string) => {
  const body = { content, ...(model && { model }), ...(effort && { settings: { reasoning_effort: effort } }) };
  return call<ChatSummary>('chats', { method: 'POST', body, idempotencyKey });
};

export const listChats = (archived: boolean, cursor?: string) =>
  call<ChatPage>(`chats?limit=200&archived=${archived}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);

export const updateChat = (chat: string, change: { title?: string; archived?: boolean }) =>
  call<ChatSummary>(at(chat), { method: 'PATCH', body: change });

export const deleteChat = (chat: string) => call<void>(at(chat), { method: 'DELETE' });

/** The newest messages before an id; without one, the newest of all. */
export const messagesBefore = (chat: string, beforeId: number = Number.MAX_SAFE_INTEGER, limit = 100, signal?: AbortSignal) =>
  call<MessagePage>(at(chat, `/messages?before_id=${beforeId}&limit=${limit}`), signal ? { signal } : {});

export const sendMessage = (chat: string, content: string, interrupt: boolean, idempotencyKey: string) =>
  call<CommandResult>(at(chat, '/messages'), {
    method: 'POST',
    body: { content, busy_behavior: interrupt ? 'interrupt' : 'queue' },
    idempotencyKey,
  });

export const editMessage = (chat: string, id: number, content: string) =>
  call<CommandResult>(at(chat, `/messages/${id}`), { method: 'PATCH', body: { content }, idempotencyKey: newKey() });

export const deleteQueued = (chat: string, id: number) => call<CommandResult>(at(chat, `/queue/${id}`), { method: 'DELETE' });

export const promoteQueued = (chat: string, id: number) => call<CommandResult>(at(chat, `/queue/${id}/promote`), { method: 'POST' });

export const interrupt = (chat: string) => call<CommandResult>(at(chat, '/interrupt'), { method: 'POST' });

export const submitToolResult = (chat: string, callId: string, result: string) =>
  call<CommandResult>(at(chat, '/tool-results'), {
    method: 'POST',
    body: { results: [{ call_id: callId, result }] },
    idempotencyKey: newKey(),
  });
