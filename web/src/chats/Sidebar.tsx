import { useEffect, useRef, useState } from 'preact/hooks';
import { token } from '../api/token';
import { follow, route } from '../ui/router';
import { Icon } from '../ui/Icon';
import { focusComposer, helpOpen, sidebarOpen } from '../ui/shortcuts';
import { isDark, theme, toggleTheme } from '../ui/theme';
import { ChatList } from './ChatList';
import { readAll } from './chatList';
import { signOut } from './signOut';

export function Sidebar() {
  const [search, setSearch] = useState('');
  const [archived, setArchived] = useState(false);
  const closer = useRef<HTMLButtonElement>(null);
  // What lies below cannot have the focus while the list is open, so it comes here and goes back to where it was.
  useEffect(() => {
    if (!sidebarOpen.value) return;
    const before = document.activeElement as HTMLElement | null;
    closer.current!.focus();
    return () => requestAnimationFrame(() => document.activeElement === document.body && before?.focus());
  }, [sidebarOpen.value]);
  const close = () => (sidebarOpen.value = false);
  const readEverything = (put: boolean) => void readAll(put).catch(() => undefined);
  return (
    <>
      {sidebarOpen.value && <div class="scrim" onClick={close} />}
      <nav class={sidebarOpen.value ? 'sidebar open' : 'sidebar'} aria-label="Chats">
        <div class="sidebar-top">
          <a class="brand" href="/" onClick={(event) => { close(); follow(event); }}>
            <img src="/favicon.svg" alt="" width="24" height="24" />
            DurableChat
          </a>
          <button ref={closer} type="button" class="icon-button only-phone" aria-label="Close the list of chats" onClick={close}><Icon name="close" /></button>
        </div>
        <a class="button new-chat" href="/" onClick={(event) => { close(); follow(event); requestAnimationFrame(focusComposer); }}>
          <Icon name="plus" /> New chat
        </a>
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">Search chats</span>
          <input
            id="chat-search"
            type="search"
            placeholder="Search chats"
            value={search}
            autocomplete="off"
            onFocus={() => readEverything(archived)}
            onInput={(event) => setSearch(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.preventDefault();
              if (search) setSearch('');
              else {
                close();
                requestAnimationFrame(focusComposer);
              }
            }}
          />
          <kbd class="only-desktop">Ctrl K</kbd>
        </label>
        <ChatList search={search.trim()} archived={archived} />
        <div class="sidebar-bottom">
          <button type="button" class="side-link" aria-pressed={archived} onClick={() => { setArchived(!archived); readEverything(!archived); }}>
            <Icon name="archive" /> {archived ? 'Back to chats' : 'Archived'}
          </button>
          <a class="side-link" href="/ops" aria-current={route.value.page === 'ops' ? 'page' : undefined} onClick={(event) => { close(); follow(event); }}>
            <Icon name="gauge" /> Operations
          </a>
          <div class="side-tools">
            <button type="button" class="icon-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" onClick={() => (helpOpen.value = true)}><Icon name="help" /></button>
            <button type="button" class="icon-button" aria-label="Change between light and dark" title="Light or dark" onClick={toggleTheme}>
              <Icon name={theme.value && isDark() ? 'sun' : 'moon'} />
            </button>
            {token.value && <button type="button" class="icon-button" aria-label="Sign out" title="Sign out" onClick={() => { signOut(); location.reload(); }}><Icon name="key" /></button>}
          </div>
        </div>
      </nav>
    </>
  );
}
