import { signal } from '@preact/signals';
import { readText, writeText } from '../ui/storage';

const key = 'durablechat.token';

/** The bearer token, if the server asks for one. It stays in this browser until the person signs out. */
export const token = signal(readText(key) ?? '');

/** True once the server has refused what we have; the page then asks for a token. */
export const tokenWanted = signal(false);

export function setToken(value: string): void {
  token.value = value;
  writeText(key, value || undefined);
}
