import { computed, signal } from '@preact/signals';

export type Route = { page: 'new' } | { page: 'chat'; id: string } | { page: 'ops' };

const path = signal(location.pathname);

addEventListener('popstate', () => (path.value = location.pathname));

/** An address that somebody typed may be no valid encoding; then it is a chat that is not here. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = computed<Route>(() => {
  const [first, id] = path.value.split('/').filter(Boolean);
  if (first === 'ops') return { page: 'ops' };
  return first === 'c' && id ? { page: 'chat', id: decoded(id) } : { page: 'new' };
});

export function go(to: string, replace = false): void {
  if (to === location.pathname) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  path.value = to;
}

export const chatPath = (id: string): string => `/c/${encodeURIComponent(id)}`;

/** Lets links work as links (new tab, copy) and yet not load the page anew. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).pathname);
}
