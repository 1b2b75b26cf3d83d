import { useMemo } from 'preact/hooks';
import { listReady, sortedChats } from './chatList';
import { ChatRow } from './ChatRow';
import { groupByDay, matches } from './groups';

/** Rows beyond this are not looked at but searched for. */
const most = 400;

function moveFocus(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('a.chat-link')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

export function ChatList({ search, archived }: { search: string; archived: boolean }) {
  const all = sortedChats.value;
  const found = useMemo(
    () => all.filter((chat) => chat.archived === archived && (!search || matches(chat.title, search))),
    [all, search, archived],
  );
  if (!listReady.value) return <div class="chat-list skeleton-list" aria-busy="true" aria-label="Loading chats">{[70, 52, 84, 60, 45].map((width) => <i key={width} class={`w${width}`} />)}</div>;
  return (
    <div class="chat-list" onKeyDown={moveFocus}>
      {found.length === 0 && <p class="list-empty">{search ? 'No chat has these words in its title.' : archived ? 'Nothing is archived.' : 'Your chats will be here.'}</p>}
      {groupByDay(found.slice(0, most), new Date()).map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2>{archived ? `Archived · ${group.name}` : group.name}</h2>
          <ul>{group.chats.map((chat) => <ChatRow key={chat.id} chat={chat} />)}</ul>
        </section>
      ))}
      {found.length > most && <p class="list-empty">{found.length - most} more: search to find them.</p>}
    </div>
  );
}
