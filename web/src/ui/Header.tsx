import type { ComponentChildren } from 'preact';
import { Icon } from './Icon';
import { openSidebar, sidebarOpen } from './shortcuts';

export function Header({ title, detail, children }: { title: string; detail?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <header class="header">
      <button type="button" class="icon-button only-phone" aria-label="Open the list of chats" aria-expanded={sidebarOpen.value} onClick={openSidebar}>
        <Icon name="menu" />
      </button>
      <div class="header-title">
        <span class="title" title={title}>{title}</span>
        {detail && <span class="detail">{detail}</span>}
      </div>
      <div class="header-actions">{children}</div>
    </header>
  );
}
