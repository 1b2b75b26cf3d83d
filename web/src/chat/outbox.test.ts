import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Message } from 'durablechat';
import { emptyChat, withEvent, type ChatState } from 'durablechat';
import { lastQueuedId, outbox, outgoingOf, waitsInLine, type Outgoing } from './outbox';

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const item = (by: Partial<Outgoing>): Outgoing => ({ key: 'k', chat: 'c', content: 'second', interrupt: false, after: 1, at: 1, ...by });

const withQueue = (version: number, ...contents: string[]): ChatState =>
  withEvent(emptyChat, { type: 'queue_update', chat_id: 'c', version, queue: contents.map((content, index) => ({ id: index + 2, content, urgent: false, created_at: '' })) });

const withSaid = (state: ChatState, id: number, text: string, queuedId: number): ChatState =>
  withEvent({ ...state, messages: state.messages.length === 0 ? [said(1, '', undefined)] : state.messages }, { type: 'message', chat_id: 'c', position: '', message: said(id, text, queuedId) });

const said = (id: number, text: string, queuedId: number | undefined): Message =>
  ({ id, previous_id: id - 1, role: 'user', parts: [{ type: 'text', text }], generation: 0, created_at: '', ...(queuedId !== undefined && { queued_id: queuedId }) });

const shown = (state: ChatState) => outgoingOf('c', state).length;

test('what the server has put in line is on its way only until the queue with it is there', () => {
  outbox.value = [item({ queuedId: 3, version: 7 })];
  expect(shown(withQueue(6, 'first'))).toBe(1);
  expect(shown(withQueue(7, 'first', 'second'))).toBe(0);
});

test('what has been deleted from the queue or has had its turn does not come back as on its way', () => {
  outbox.value = [item({ queuedId: 3, version: 7 })];
  expect(shown(withQueue(8, 'first'))).toBe(0);
  expect(shown(withQueue(9))).toBe(0);
});

test('what is not acknowledged yet is hidden once it is to be seen', () => {
  outbox.value = [item({})];
  expect(shown(withQueue(7, 'first'))).toBe(1);
  expect(shown(withQueue(7, 'first', 'second'))).toBe(0);
});

test('what has had its turn before its queue was shown is not on its way', () => {
  outbox.value = [item({ queuedId: 3, version: 7 })];
  expect(shown(withSaid(withQueue(6), 2, 'second', 2))).toBe(1);
  expect(shown(withSaid(withQueue(6), 2, 'second', 3))).toBe(0);
});

test('an equal text that waited before, or has its turn, does not hide what is on its way', () => {
  const waiting = withQueue(7, 'second');
  expect(lastQueuedId(waiting)).toBe(2);
  outbox.value = [item({ afterQueued: 2 })];
  expect(shown(waiting)).toBe(1);
  const begun = withSaid(withQueue(8), 2, 'second', 2);
  expect(lastQueuedId(begun)).toBe(2);
  expect(shown(begun)).toBe(1);
  expect(shown(withSaid(begun, 3, 'second', 3))).toBe(0);
});

test('of two equal messages the second is on its way until it is there itself', async () => {
  vi.useFakeTimers();
  const answers = [Response.json({ chat_id: 'c', version: 7, status: 'running', queued_id: 2 })];
  vi.stubGlobal('fetch', () => (answers.length > 0 ? Promise.resolve(answers.shift()!) : Promise.reject(new TypeError('no network'))));
  const tab = await openTab();
  tab.post('c', 'second', false, 1);
  tab.post('c', 'second', false, 1);
  const on = (state: ChatState) => tab.outgoingOf('c', state).length;
  expect([on(emptyChat), on(withQueue(7, 'second'))]).toEqual([2, 1]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(tab.outbox.value).toHaveLength(1);
  expect([on(withQueue(7, 'second')), on(withQueue(8, 'second', 'second'))]).toEqual([1, 0]);
});

test('what was refused is shown as refused, whatever looks like it', () => {
  outbox.value = [item({ refused: 'Too long.' })];
  expect(shown(withQueue(7, 'second'))).toBe(1);
  expect(waitsInLine(outbox.value[0]!, 'running')).toBe(false);
});

test.each([
  ['running', true],
  ['interrupting', true],
  ['requires_action', true],
  ['waiting', false],
  ['error', false],
] as const)('what is sent while the chat is %s is in line: %s', (status, inLine) => {
  expect(waitsInLine(item({}), status)).toBe(inLine);
  expect(waitsInLine(item({ interrupt: true }), status)).toBe(false);
});

/** The outbox of a tab, as it is once the tab is loaded. */
async function openTab() {
  vi.resetModules();
  return await import('./outbox');
}

const contents = (tab: { outbox: { value: readonly Outgoing[] } }) => tab.outbox.value.map(({ content }) => content);

test('tabs keep what they send side by side, and each removes only its own', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  const [one, other] = [await openTab(), await openTab()];
  one.post('c', 'from one', false, 1);
  one.post('c', 'from one again', false, 1);
  other.post('c', 'from the other', false, 1);
  expect(contents(await openTab()).sort()).toEqual(['from one', 'from one again', 'from the other']);
  expect(contents(await openTab()).filter((content) => content.startsWith('from one'))).toEqual(['from one', 'from one again']);
  one.remove(one.outbox.value[0]!.key);
  expect(contents(await openTab()).sort()).toEqual(['from one again', 'from the other']);
  one.forgetOutbox();
  expect(contents(await openTab())).toEqual([]);
});

test('a busy server is asked again when it said, and what it has taken is not kept', async () => {
  vi.useFakeTimers();
  const answers = [new Response('{}', { status: 503, headers: { 'Retry-After': '30' } }), Response.json({ chat_id: 'c', version: 3, status: 'running', message_id: 2 })];
  const fetch = vi.fn(() => Promise.resolve(answers.shift()!));
  vi.stubGlobal('fetch', fetch);
  const tab = await openTab();
  tab.post('c', 'hello', false, 1);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(contents(await openTab())).toEqual([]);
});

test('a body that breaks off is no refusal: the message is sent again', async () => {
  vi.useFakeTimers();
  const answers = [new Response('{"chat_id":'), Response.json({ chat_id: 'c', version: 3, status: 'running', message_id: 2 })];
  vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()!));
  const tab = await openTab();
  tab.post('c', 'hello', false, 1);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(tab.outbox.value).toMatchObject([{ messageId: 2 }]);
});
