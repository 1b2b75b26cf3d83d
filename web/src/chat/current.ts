import { effect, signal } from '@preact/signals';
import { route } from '../ui/router';
import { ChatSession } from './session';

/** The chat that is open, if one is. */
export const current = signal<ChatSession | undefined>(undefined);

effect(() => {
  const id = route.value.page === 'chat' ? route.value.id : undefined;
  const open = current.peek();
  if (open?.id === id) return;
  open?.close();
  current.value = id === undefined ? undefined : new ChatSession(id);
});
