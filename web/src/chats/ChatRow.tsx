import { memo } from 'preact/compat';
import type { ChatStatus, ChatSummary } from 'durablechat';
import { chatPath, follow, route } from '../ui/router';
import { sidebarOpen } from '../ui/shortcuts';
import { ChatMenu } from './ChatMenu';

const statusWords: Partial<Record<ChatStatus, string>> = {
  running: 'answering',
  interrupting: 'stopping',
  requires_action: 'waits for you',
  error: 'failed',
};

export const ChatRow = memo(({ chat }: { chat: ChatSummary }) => {
  const open = route.value.page === 'chat' && route.value.id === chat.id;
  const words = statusWords[chat.status];
  return (
    <li class="chat-row">
      <a
        class="chat-link"
        href={chatPath(chat.id)}
        aria-label={words ? `${chat.title}, ${words}` : chat.title}
        aria-current={open ? 'page' : undefined}
        onClick={(event) => {
          sidebarOpen.value = false;
          follow(event);
        }}
      >
        <span class="chat-title">{chat.title}</span>
        {words && <span class={`dot ${chat.status}`} title={words} />}
      </a>
      <ChatMenu chat={chat} />
    </li>
  );
});
