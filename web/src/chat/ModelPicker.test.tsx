import { render } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, expect, test, vi } from 'vitest';

const sent: { path: string; body: unknown }[] = [];

vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
  sent.push({ path, body: init?.body ? JSON.parse(init.body as string) : undefined });
  return Promise.resolve(Response.json({ id: 'c', title: 't', model: 'm', status: 'running', version: 1, updated_at: '2026-01-01T00:00:00Z' }, { status: 201 }));
});

const { ModelPicker } = await import('./ModelPicker');
const { chooseEffort, effort, models } = await import('./models');
const { create } = await import('./commands');

const plain = { name: 'plain', is_default: true, allow: {} };
const thinker = { name: 'thinker', is_default: false, allow: { reasoning_effort: ['low', 'high'] } };

beforeEach(() => {
  sent.length = 0;
  localStorage.clear();
});

function selects(): HTMLSelectElement[] {
  const root = document.createElement('div');
  void act(() => render(<ModelPicker />, root));
  return [...root.querySelectorAll('select')];
}

test('the effort can be chosen where the model allows it, and goes with the new chat', async () => {
  models.value = [thinker];
  const [select] = selects();
  expect([...select!.options].map((option) => option.value)).toEqual(['', 'low', 'high']);
  void act(() => chooseEffort('high'));
  await create('hello');
  expect(sent.find((request) => request.body)?.body).toEqual({ content: 'hello', model: 'thinker', settings: { reasoning_effort: 'high' } });
});

test('where the model does not allow it there is nothing to choose and nothing is said', async () => {
  models.value = [plain];
  void act(() => chooseEffort('high'));
  expect(selects()).toEqual([]);
  expect(effort.value).toBeUndefined();
  await create('hello again');
  expect(sent.find((request) => request.body)?.body).toEqual({ content: 'hello again', model: 'plain' });
});
