import { expect, test } from 'vitest';
import type { Message, Part } from 'durablechat';
import { emptyChat, type ChatState } from 'durablechat';
import { rowsOf } from './rows';

const text = (value: string): Part => ({ type: 'text', text: value });

function chat(...messages: [Message['role'], Part[], number][]): ChatState {
  return {
    ...emptyChat,
    messages: messages.map(([role, parts, generation], index) => ({ id: index + 1, previous_id: index, role, parts, generation, created_at: '' })),
  };
}

test('an answer in several steps is one row, with the results beside their calls', () => {
  const state = chat(
    ['user', [text('time?')], 0],
    ['assistant', [text('let me see'), { type: 'tool_call', call_id: 'a', name: 'clock', arguments: '{}' }], 1],
    ['tool', [{ type: 'tool_result', call_id: 'a', result: 'noon', is_error: false }], 0],
    ['assistant', [text('noon')], 2],
    ['user', [text('thanks')], 0],
  );
  const rows = rowsOf(state);
  expect(rows.map((row) => row.key)).toEqual(['u1', 'g1', 'u5']);
  expect(rows[1]).toMatchObject({ kind: 'answer', steps: [{ generation: 1 }, { generation: 2 }] });
  expect(rows[1]?.kind === 'answer' && rows[1].results.get('a')?.result).toBe('noon');
});

test('the row of an answer keeps its key when its message comes', () => {
  const before = rowsOf({ ...chat(['user', [text('hi')], 0]), preview: { generation: 1, seq: 1, parts: [text('he')] } });
  const after = rowsOf(chat(['user', [text('hi')], 0], ['assistant', [text('hello')], 1]));
  expect(before[1]).toMatchObject({ key: 'g1', live: true });
  expect(after[1]).toMatchObject({ key: 'g1', live: false });
});

test('the rows of messages that have not changed are the same objects', () => {
  const state = chat(['user', [text('hi')], 0]);
  expect(rowsOf({ ...state, preview: { generation: 1, seq: 1, parts: [text('a')] } })[0]).toBe(rowsOf(state)[0]);
});
