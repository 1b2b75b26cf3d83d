import { isBusy } from '../chat/busy';
import { stop } from '../chat/commands';
import { current } from '../chat/current';
import { go, route } from '../ui/router';
import { focusComposer, focusSearch, helpOpen, sidebarOpen } from '../ui/shortcuts';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function handleShortcut(event: KeyboardEvent): void {
  // These keys are for whoever helps to write: Escape leaves a composition.
  if (event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    focusSearch();
  } else if (command && event.shiftKey && event.key.toLowerCase() === 'o') {
    event.preventDefault();
    go('/');
    requestAnimationFrame(focusComposer);
  } else if (event.key === '?' && !isTyping(event.target)) {
    event.preventDefault();
    helpOpen.value = true;
  } else if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open], [popover]:popover-open')) {
    escape();
  }
}

function escape(): void {
  const chat = route.value.page === 'chat' ? current.value : undefined;
  const status = chat?.state.value.status;
  if (sidebarOpen.value) sidebarOpen.value = false;
  else if (chat && isBusy(status) && status !== 'interrupting') void stop(chat.id);
}
