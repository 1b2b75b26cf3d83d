import { render, type VNode } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import type { UserRow } from './rows';
import type { ChatSession } from './session';

vi.hoisted(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined }));
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ chat_id: 'c', version: 1, status: 'running' })));
  Element.prototype.scrollIntoView = () => undefined;
});

const { Composer } = await import('./Composer');
const { forgetDrafts, readDraft, writeDraft } = await import('./drafts');
const { ToolForm } = await import('./ToolForm');
const { UserView } = await import('./UserView');

let root = document.body.appendChild(document.createElement('div'));

function show(node: VNode): HTMLTextAreaElement {
  root.remove();
  root = document.body.appendChild(document.createElement('div'));
  void act(() => render(node, root));
  return root.querySelector('textarea')!;
}

function type(area: HTMLTextAreaElement, text: string): void {
  area.value = text;
  void act(() => void area.dispatchEvent(new InputEvent('input', { bubbles: true })));
}

function press(area: HTMLTextAreaElement, key: string): void {
  void act(() => void area.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));
}

const row: UserRow = {
  kind: 'user',
  key: 'u1',
  text: 'question',
  message: { id: 1, previous_id: 0, role: 'user', parts: [], generation: 0, created_at: '' },
};

const editor = (onEdit: (id: number | undefined) => void = () => undefined) =>
  show(<UserView session={{ id: 'c' } as ChatSession} row={row} editing onEdit={onEdit} />);

afterEach(() => localStorage.clear());

test('what was typed over a message is there when its editor is opened again', () => {
  type(editor(), 'a better question');
  expect(editor().value).toBe('a better question');
  expect(readDraft('c')).toBe('');
});

test('whoever leaves the editor or sends gets the message the next time', async () => {
  type(editor(), 'a better question');
  press(root.querySelector('textarea')!, 'Escape');
  expect(editor().value).toBe('question');
  const done = vi.fn();
  const area = editor(done);
  type(area, 'the best question');
  press(area, 'Enter');
  await vi.waitFor(() => expect(done).toHaveBeenCalled());
  expect(editor().value).toBe('question');
});

test('what was typed for a tool is there when its form is drawn again, until it is sent', async () => {
  const form = () => show(<ToolForm chat="c" call={{ call_id: 't1', name: 'ask', arguments: '{}' }} />);
  type(form(), 'half a result');
  const area = form();
  expect(area.value).toBe('half a result');
  area.form!.requestSubmit();
  await vi.waitFor(() => expect(area.value).toBe(''));
  expect(form().value).toBe('');
});

test('a chat that is deleted leaves none of its drafts', () => {
  writeDraft('c', 'next question');
  type(editor(), 'a better question');
  writeDraft('c2', 'stays');
  forgetDrafts('c');
  expect(Object.keys(localStorage)).toEqual(['durablechat.draft.c2']);
});

test('the composer is empty after a send, whatever another tab has typed meanwhile, and leaves that alone', async () => {
  const area = show(<Composer draft="c" busy={false} onSend={() => true} />);
  type(area, 'hello');
  writeDraft('c', 'typed in the other tab');
  press(area, 'Enter');
  await vi.waitFor(() => expect(area.value).toBe(''));
  expect(readDraft('c')).toBe('typed in the other tab');
});

test('what was typed while a message was being sent stays', async () => {
  let taken!: (value: boolean) => void;
  const area = show(<Composer draft="c" busy={false} onSend={() => new Promise<boolean>((resolve) => (taken = resolve))} />);
  type(area, 'hello');
  press(area, 'Enter');
  type(area, 'hello and more');
  taken(true);
  await vi.waitFor(() => expect(root.querySelector<HTMLButtonElement>('.send')!.disabled).toBe(false));
  expect(area.value).toBe('hello and more');
  expect(readDraft('c')).toBe('hello and more');
});
