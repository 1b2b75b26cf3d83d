import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const key = 'durablechat.theme';
const known: readonly string[] = ['light', 'dark'];

function stored(): Theme {
  const value = localStorage.getItem(key);
  return value && known.includes(value) ? (value as Theme) : 'system';
}

export const theme = signal<Theme>(stored());

effect(() => {
  if (theme.value === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(key, theme.value);
    document.documentElement.dataset['theme'] = theme.value;
  }
});

export const isDark = (): boolean =>
  theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);

export function toggleTheme(): void {
  theme.value = isDark() ? 'light' : 'dark';
}
