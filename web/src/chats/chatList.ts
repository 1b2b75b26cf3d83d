import { computed, signal } from '@preact/signals';
import { Follower, type ChatSummary, type FollowerState, type WatchEvent } from 'durablechat';
import { client, maxSilenceMs } from '../api/client';
import { comeBack, mayPass } from '../api/comeback';

export type Chats = ReadonlyMap<string, ChatSummary>;

/** Takes in an event of the list's stream. A change that is not newer than what is known says nothing. */
export function withWatchEvent(chats: Chats, event: WatchEvent): Chats {
  const next = new Map(chats);
  switch (event.type) {
    case 'chats': {
      // The list holds the newest that are not archived; the archived, and what is older than all of it, was read by pages and stays.
      const oldest = event.chats.at(-1)?.updated_at ?? '';
      for (const chat of chats.values()) if (!chat.archived && chat.updated_at >= oldest) next.delete(chat.id);
      for (const chat of event.chats) next.set(chat.id, chat);
      return next;
    }
    case 'chat':
      if ((chats.get(event.chat_id)?.version ?? 0) >= event.chat.version) return chats;
      return next.set(event.chat_id, event.chat);
    case 'chat_deleted':
      return next.delete(event.chat_id) ? next : chats;
    default:
      return chats;
  }
}

export const chats = signal<Chats>(new Map());
export const listConnection = signal<FollowerState>('connecting');
export const listReady = signal(false);

const byChange = (a: ChatSummary, b: ChatSummary) => b.updated_at.localeCompare(a.updated_at) || b.id.localeCompare(a.id);

export const sortedChats = computed(() => [...chats.value.values()].sort(byChange));

const listed = 100;

function take(event: WatchEvent): void {
  const first = !listReady.value;
  chats.value = withWatchEvent(chats.value, event);
  listReady.value = true;
  if (event.type === 'chats') readAnew();
  if (first && chats.value.size >= listed) readMore(false);
}

/** While the stream was away the pages that were read may have changed, and nothing told so. */
function readAnew(): void {
  const archiveWasRead = cursors.has(true);
  cursors.clear();
  if (archiveWasRead) readMore(true);
}

// What could not be read now is read when somebody searches or opens the archive.
const readMore = (archived: boolean) => void readAll(archived, 1).catch(() => undefined);

let comeback: ReturnType<typeof setTimeout> | undefined;

const stream = new Follower({
  open: (options) => client.watch({ ...options, maxSilenceMs }),
  onEvent: take,
  onState: (state, failure) => {
    listConnection.value = mayPass(failure) ? 'lost' : state;
    clearTimeout(comeback);
    comeback = comeBack(failure, watchChats);
  },
});

export function watchChats(): void {
  stream.resume();
}

export function pauseWatching(): void {
  stream.pause();
}

export function keep(chat: ChatSummary): void {
  chats.value = withWatchEvent(chats.value, { type: 'chat', chat_id: chat.id, chat });
}

export function forget(id: string): void {
  chats.value = withWatchEvent(chats.value, { type: 'chat_deleted', chat_id: id });
}

const cursors = new Map<boolean, string | undefined>();

/** Reads further pages of the list, as many as asked for; searching needs all. */
export async function readAll(archived: boolean, pages = 50): Promise<void> {
  for (let page = 0; page < pages && !(cursors.has(archived) && cursors.get(archived) === undefined); page++) {
    const cursor = cursors.get(archived);
    const answer = await client.listChats({ limit: 200, archived, ...(cursor !== undefined && { cursor }) });
    cursors.set(archived, answer.next_cursor);
    for (const chat of answer.chats) keep(chat);
  }
}
