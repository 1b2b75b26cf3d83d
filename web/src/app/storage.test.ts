import { afterEach, expect, test, vi } from 'vitest';
import { readStored, removeStored, storedKeys, writeStored } from '../ui/storage';

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
  localStorage.clear();
});

test('a browser that forbids storage still has a page', async () => {
  for (const area of ['localStorage', 'sessionStorage'] as const) {
    vi.spyOn(globalThis, area, 'get').mockImplementation(() => {
      throw new DOMException('forbidden', 'SecurityError');
    });
  }

  const { setToken, token } = await import('../api/token');
  const { theme } = await import('../ui/theme');
  const { resumeDemo } = await import('../chat/resumeDemo');
  setToken('secret');
  theme.value = 'dark';
  expect(token.value).toBe('secret');
  expect(document.documentElement.dataset['theme']).toBe('dark');
  expect(resumeDemo.value.phase).toBe('idle');
  expect(storedKeys('')).toEqual([]);
});

test('what cannot be read is as if it were not there', () => {
  localStorage.setItem('broken', '{');
  expect(readStored('broken', 'usual')).toBe('usual');
});

test('what begins alike is removed together', () => {
  for (const key of ['a.1', 'a.2', 'b.1']) writeStored(key, 1);
  removeStored('a.');
  expect(storedKeys('')).toEqual(['b.1']);
});
