import { signal } from '@preact/signals';

const said = signal('');

/** Tells people who do not see the page what just happened. */
export function announce(text: string): void {
  // The same words twice would not be read twice.
  said.value = said.value === text ? `${text}\u00a0` : text;
}

export const Announcer = () => <div class="visually-hidden" role="status" aria-live="polite">{said}</div>;
