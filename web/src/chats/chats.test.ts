import { expect, test } from 'vitest';
import type { ChatSummary } from 'durablechat';
import { withWatchEvent, type Chats } from './chatList';
import { groupByDay, matches } from './groups';

const chat = (id: string, version: number, updated = '2026-01-10T12:00:00Z'): ChatSummary => ({
  id, version, title: id, model: 'demo', status: 'waiting', archived: false, last_message_id: 1, created_at: updated, updated_at: updated,
});

const list = (...chats: ChatSummary[]): Chats => new Map(chats.map((item) => [item.id, item]));

test('an older version of a chat says nothing', () => {
  const known = list(chat('a', 5));
  expect(withWatchEvent(known, { type: 'chat', chat_id: 'a', chat: chat('a', 5) })).toBe(known);
  expect(withWatchEvent(known, { type: 'chat', chat_id: 'a', chat: chat('a', 6) }).get('a')?.version).toBe(6);
});

test('the list takes the place of what is as new as it, so deleted chats go; older pages stay', () => {
  const known = list(chat('deleted', 1, '2026-01-11T00:00:00Z'), chat('old', 1, '2025-01-01T00:00:00Z'));
  const after = withWatchEvent(known, { type: 'chats', chats: [chat('a', 1)] });
  expect([...after.keys()].sort()).toEqual(['a', 'old']);
  expect(withWatchEvent(known, { type: 'chats', chats: [] }).size).toBe(0);
});

test('the list knows nothing of archived chats, so they stay', () => {
  const archived = { ...chat('archived', 1, '2026-01-11T00:00:00Z'), archived: true };
  expect([...withWatchEvent(list(archived), { type: 'chats', chats: [chat('a', 1)] }).keys()].sort()).toEqual(['a', 'archived']);
  expect([...withWatchEvent(list(archived), { type: 'chats', chats: [] }).keys()]).toEqual(['archived']);
});

test('chats are grouped by the day they changed', () => {
  const now = new Date(2026, 0, 10, 15);
  const at = (days: number) => new Date(2026, 0, 10 - days, 9).toISOString();
  const groups = groupByDay([chat('a', 1, at(0)), chat('b', 1, at(1)), chat('c', 1, at(5)), chat('d', 1, at(20)), chat('e', 1, at(90))], now);
  expect(groups.map((group) => group.name)).toEqual(['Today', 'Yesterday', 'Last 7 days', 'Last 30 days', 'Older']);
});

test('a search finds words in any order and case', () => {
  expect(matches('A Long Story', 'story long')).toBe(true);
  expect(matches('A Long Story', 'short')).toBe(false);
});
