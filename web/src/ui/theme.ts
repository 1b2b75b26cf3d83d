import { effect, signal } from '@preact/signals';
import { readText, writeText } from './storage';

export type Theme = 'system' | 'light' | 'dark';

const key = 'durablechat.theme';
const known: readonly string[] = ['light', 'dark'];

function stored(): Theme {
  const value = readText(key);
  return value && known.includes(value) ? (value as Theme) : 'system';
}

export const theme = signal<Theme>(stored());

effect(() => {
  const chosen = theme.value === 'system' ? undefined : theme.value;
  writeText(key, chosen);
  if (chosen) document.documentElement.dataset['theme'] = chosen;
  else delete document.documentElement.dataset['theme'];
});

export const isDark = (): boolean =>
  theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);

export function toggleTheme(): void {
  theme.value = isDark() ? 'light' : 'dark';
}
