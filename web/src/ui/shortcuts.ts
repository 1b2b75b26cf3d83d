import { signal } from '@preact/signals';
import { go, route } from './router';
import { current } from '../chat/current';
import { isBusy } from '../chat/busy';
import { stop } from '../chat/commands';

export const helpOpen = signal(false);

/** Whether the list of chats lies over the page, as it can where there is no room beside it. */
export const sidebarOpen = signal(false);

const narrow = matchMedia('(max-width: 800px)');

narrow.addEventListener('change', () => (sidebarOpen.value = false));

export const openSidebar = (): boolean => (sidebarOpen.value = narrow.matches);

export const shortcuts: readonly [keys: string, does: string][] = [
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['Ctrl Enter', 'Send now: stop the answer that runs'],
  ['↑', 'Edit your last message, in an empty composer'],
  ['Esc', 'Stop the answer'],
  ['Ctrl K', 'Search chats'],
  ['Ctrl Shift O', 'New chat'],
  ['?', 'This list'],
];

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** A phone's own keyboard covers half the page; it should come only when asked for. */
export const hasKeyboard = (): boolean => matchMedia('(hover: hover)').matches;

export function focusSearch(): void {
  openSidebar();
  requestAnimationFrame(() => document.getElementById('chat-search')?.focus());
}

export function focusComposer(): void {
  document.getElementById('composer')?.focus();
}

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
