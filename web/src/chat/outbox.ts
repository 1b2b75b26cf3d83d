import { signal } from '@preact/signals';
import { sendMessage } from '../api/chats';
import { newKey, Refused, Unreachable } from '../api/http';
import { backoff } from '../stream/backoff';
import { lastId, type ChatState } from '../stream/chatState';
import { readStored, writeStored } from '../ui/storage';
import { textOf } from './rows';

export interface Outgoing {
  key: string;
  chat: string;
  content: string;
  interrupt: boolean;
  /** Set once the server has taken it: what it became, to be shown until the stream brings that. */
  messageId?: number;
  queuedId?: number;
  /** The chat's version with it. */
  version?: number;
  refused?: string;
  /** The newest message when it was posted: what came later may be this one, before its answer does. */
  after: number;
}

const stored = 'durablechat.outbox';

/**
 * Messages on their way. They are kept in this browser until the server has acknowledged them, and sent again with the same key, so that a lost network, a
 * reload or a dead server neither loses nor doubles one.
 */
export const outbox = signal<readonly Outgoing[]>(readStored<Outgoing[]>(stored, []).filter((item) => !acknowledged(item)));

let sending = false;
let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function acknowledged(item: Outgoing): boolean {
  return item.messageId !== undefined || item.queuedId !== undefined;
}

function set(items: readonly Outgoing[]): void {
  outbox.value = items;
  const unsent = items.filter((item) => !acknowledged(item));
  writeStored(stored, unsent.length > 0 ? unsent : undefined);
}

function change(key: string, by: Partial<Outgoing>): void {
  set(outbox.value.map((item) => (item.key === key ? { ...item, ...by } : item)));
}

/** What is on its way to a chat and not yet to be seen in it. */
export function outgoingOf(chat: string, state: ChatState): Outgoing[] {
  return outbox.value.filter((item) => item.chat === chat && !hasArrived(item, state));
}

function hasArrived(item: Outgoing, state: ChatState): boolean {
  if (item.messageId !== undefined) return item.messageId <= lastId(state);
  // The queue of that version had it. If a newer one has not, it has been deleted or has had its turn, and must not come back.
  if (item.queuedId !== undefined) return state.queueVersion >= item.version!;
  return (
    state.queue.some((queued) => queued.content === item.content) ||
    state.messages.some((message) => message.id > item.after && message.role === 'user' && textOf(message.parts) === item.content)
  );
}

export function remove(key: string): void {
  if (outbox.value.some((item) => item.key === key)) set(outbox.value.filter((item) => item.key !== key));
}

export function post(chat: string, content: string, interrupt: boolean, after: number): void {
  set([...outbox.value, { key: newKey(), chat, content, interrupt, after }]);
  void flush();
}

/** Sends what waits, in order. Called again when the network may be back. */
export async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (let next = unsent(); next; next = unsent()) await deliver(next);
    attempt = 0;
  } catch {
    timer = setTimeout(() => void flush(), backoff(attempt++, 1_000));
  } finally {
    sending = false;
  }
}

const unsent = () => outbox.value.find((item) => !acknowledged(item) && item.refused === undefined);

/** How long the stream may take to bring what the server has acknowledged. */
const grace = 5_000;

function acknowledge(key: string, as: Partial<Outgoing>): void {
  change(key, as);
  setTimeout(() => remove(key), grace);
}

async function deliver(item: Outgoing): Promise<void> {
  try {
    const result = await sendMessage(item.chat, item.content, item.interrupt, item.key);
    if (result.message_id === undefined && result.queued_id === undefined) remove(item.key);
    else acknowledge(item.key, { version: result.version, ...(result.message_id !== undefined && { messageId: result.message_id }), ...(result.queued_id !== undefined && { queuedId: result.queued_id }) });
  } catch (error) {
    if (error instanceof Unreachable || (error instanceof Refused && (error.retryable || error.status === 401))) throw error;
    change(item.key, { refused: error instanceof Error ? error.message : 'The message was refused.' });
  }
}
