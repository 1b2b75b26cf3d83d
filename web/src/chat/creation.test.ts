import { beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => localStorage.clear());

/** The page as it is after a reload. */
async function load() {
  vi.resetModules();
  return await import('./creation');
}

test('a chat whose creation nobody answered is asked for under the same key after a reload', async () => {
  const first = (await load()).beginCreation('hello', 'demo');
  const page = await load();
  expect(page.beginCreation('hello', undefined)).toEqual(first);
  expect(page.beginCreation('hello', 'demo')).toEqual(first);
  expect(page.beginCreation('hello', 'other').key).not.toBe(first.key);
});

test('another text, or the same once it has made its chat, is another creation', async () => {
  const page = await load();
  const first = page.beginCreation('hello', 'demo');
  const second = page.beginCreation('something else', 'demo');
  page.forgetCreation();
  const third = (await load()).beginCreation('something else', 'demo');
  expect(new Set([first.key, second.key, third.key]).size).toBe(3);
});
