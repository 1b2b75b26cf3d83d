import type { ChatSummary } from 'durablechat';

export interface ChatGroup { name: string; chats: ChatSummary[] }

const day = 86_400_000;

/** Chats by when they changed last, as people think of it. Expects them sorted, newest first. */
export function groupByDay(chats: readonly ChatSummary[], now: Date): ChatGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups: ChatGroup[] = [];
  for (const chat of chats) {
    const name = nameOf(Date.parse(chat.updated_at), midnight);
    const last = groups.at(-1);
    if (last?.name === name) last.chats.push(chat);
    else groups.push({ name, chats: [chat] });
  }

  return groups;
}

function nameOf(time: number, midnight: number): string {
  if (time >= midnight) return 'Today';
  if (time >= midnight - day) return 'Yesterday';
  if (time >= midnight - 7 * day) return 'Last 7 days';
  if (time >= midnight - 30 * day) return 'Last 30 days';
  return 'Older';
}

/** Every word of the search must be in the title, in any order. */
export function matches(title: string, search: string): boolean {
  const folded = title.toLocaleLowerCase();
  return search.toLocaleLowerCase().split(/\s+/).every((word) => folded.includes(word));
}
