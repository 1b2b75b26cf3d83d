import { expect, test } from 'vitest';
import { emptyChat, withEvent, type ChatState } from '../stream/chatState';
import { outbox, outgoingOf, type Outgoing } from './outbox';

const item = (by: Partial<Outgoing>): Outgoing => ({ key: 'k', chat: 'c', content: 'second', interrupt: false, after: 1, ...by });

const withQueue = (version: number, ...contents: string[]): ChatState =>
  withEvent(emptyChat, { type: 'queue_update', version, queue: contents.map((content, index) => ({ id: index + 2, content, urgent: false, created_at: '' })) });

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
