import { signal } from '@preact/signals';
import { backoff, DurableChatError, lastId, newIdempotencyKey, type ChatState, type ChatStatus } from 'durablechat';
import { client } from '../api/client';
import { readStored, removeStored, storedKeys, writeStored } from '../ui/storage';
import { isBusy } from './busy';
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
  /** The newest message when it was posted: only a later one can be this. */
  after: number;
  /** The highest number of the queue when it was posted: only a higher one can be this. */
  afterQueued?: number;
  /** When it was posted, for the order. */
  at: number;
}

const prefix = 'durablechat.outbox.';

/**
 * Messages on their way. They are kept in this browser until the server has acknowledged them, and sent again with the same key, so that a lost network, a
 * reload or a dead server neither loses nor doubles one. Each has a place of its own, so that tabs do not overwrite each other's.
 */
export const outbox = signal<readonly Outgoing[]>(kept());

let sending = false;
let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function acknowledged(item: Outgoing): boolean {
  return item.messageId !== undefined || item.queuedId !== undefined;
}

function kept(): Outgoing[] {
  return storedKeys(prefix)
    .map((key) => readStored<Outgoing | undefined>(key, undefined))
    .filter((item) => item !== undefined)
    .sort((a, b) => a.at - b.at);
}

function keep(item: Outgoing): void {
  writeStored(prefix + item.key, acknowledged(item) ? undefined : item);
}

function replace(item: Outgoing): void {
  outbox.value = outbox.value.map((other) => (other.key === item.key ? item : other));
  keep(item);
}

/** What is on its way to a chat and not yet to be seen in it. */
export function outgoingOf(chat: string, state: ChatState): Outgoing[] {
  return outbox.value.filter((item) => item.chat === chat && !hasArrived(item, state));
}

/** Whether it is shown in the queue, as one that waits for its turn, and not behind the newest message. */
export const waitsInLine = (item: Outgoing, status: ChatStatus | undefined): boolean =>
  isBusy(status) && !item.interrupt && item.refused === undefined;

function hasArrived(item: Outgoing, state: ChatState): boolean {
  if (item.refused !== undefined) return false;
  // The queue of that version had it. If a newer one has not, it has been deleted or has had its turn, and must not come back.
  // An answer with both numbers names a message that the queue had before this.
  if (item.queuedId !== undefined) {
    return state.queueVersion >= item.version! || state.messages.some((message) => message.queued_id === item.queuedId);
  }

  if (item.messageId !== undefined) return item.messageId <= lastId(state);
  return item === unsent() && maybeArrived(item, state);
}

/**
 * The stream may be quicker than the answer to the request, which has the number to compare. Until then the text decides, among what can have come of the
 * request.
 */
function maybeArrived({ content, after, afterQueued = 0 }: Outgoing, state: ChatState): boolean {
  return (
    state.queue.some((queued) => queued.id > afterQueued && queued.content === content) ||
    state.messages.some(
      ({ id, role, queued_id, parts }) => role === 'user' && id > after && (queued_id ?? Infinity) > afterQueued && textOf(parts) === content,
    )
  );
}

/** The highest number of the queue that a page has seen. Numbers only rise. */
export const lastQueuedId = (state: ChatState): number =>
  [...state.queue.map(({ id }) => id), ...state.messages.map(({ queued_id }) => queued_id ?? 0)].reduce((a, b) => Math.max(a, b), 0);

export function remove(key: string): void {
  writeStored(prefix + key, undefined);
  if (outbox.value.some((item) => item.key === key)) outbox.value = outbox.value.filter((item) => item.key !== key);
}

/** Sends once more what was refused. */
export function retry(item: Outgoing): void {
  const { refused: _, ...again } = item;
  replace(again);
  void flush();
}

export const forgetOutbox = (): void => removeStored(prefix);

export function post(chat: string, content: string, interrupt: boolean, after: number, afterQueued = 0): void {
  const item = { key: newIdempotencyKey(), chat, content, interrupt, after, afterQueued, at: Math.max(Date.now(), (outbox.value.at(-1)?.at ?? 0) + 1) };
  outbox.value = [...outbox.value, item];
  keep(item);
  void flush();
}

/** Sends what waits, in order. Called again when the network may be back; how long it was away then no longer matters. */
export function flush(): Promise<void> {
  attempt = 0;
  return send();
}

async function send(): Promise<void> {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (let next = unsent(); next; next = unsent()) await deliver(next);
    attempt = 0;
  } catch (error) {
    const asked = error instanceof DurableChatError ? error.retryAfterMs : 0;
    timer = setTimeout(() => void send(), backoff(attempt++, asked, 1_000));
  } finally {
    sending = false;
  }
}

const unsent = () => outbox.value.find((item) => !acknowledged(item) && item.refused === undefined);

/** How long the stream may take to bring what the server has acknowledged. */
const grace = 5_000;

function acknowledge(item: Outgoing): void {
  replace(item);
  for (const other of outbox.value.filter(({ chat }) => chat === item.chat)) {
    if (!acknowledged(other)) replace(sentAfter(other, item));
  }

  setTimeout(() => remove(item.key), grace);
}

const sentAfter = (later: Outgoing, { messageId = 0, queuedId = 0 }: Outgoing): Outgoing => ({
  ...later,
  after: Math.max(later.after, messageId),
  afterQueued: Math.max(later.afterQueued ?? 0, queuedId),
});

async function deliver(item: Outgoing): Promise<void> {
  try {
    const result = await client.sendMessage(item.chat, item.content, { busyBehavior: item.interrupt ? 'interrupt' : 'queue', idempotencyKey: item.key });
    if (result.message_id === undefined && result.queued_id === undefined) remove(item.key);
    else acknowledge({ ...item, version: result.version, ...(result.message_id !== undefined && { messageId: result.message_id }), ...(result.queued_id !== undefined && { queuedId: result.queued_id }) });
  } catch (error) {
    if (error instanceof DurableChatError && (error.retryable || error.status === 401)) throw error;
    replace({ ...item, refused: error instanceof Error ? error.message : 'The message was refused.' });
  }
}
