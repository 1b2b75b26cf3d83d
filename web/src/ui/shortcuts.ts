import { signal } from '@preact/signals';

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

/** A phone's own keyboard covers half the page; it should come only when asked for. */
export const hasKeyboard = (): boolean => matchMedia('(hover: hover)').matches;

export function focusSearch(): void {
  openSidebar();
  requestAnimationFrame(() => document.getElementById('chat-search')?.focus());
}

export function focusComposer(): void {
  document.getElementById('composer')?.focus();
}
