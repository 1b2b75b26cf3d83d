import { expect, test } from 'vitest';
import { emptyChat, withEvent, type ChatEvent, type Part } from '../src/index.js';

const said = (parts: Part[]) => parts
  .map((part, index): ChatEvent => (
    { type: 'message_part', chat_id: 'c', position: '', generation: 1, first_seq: index + 1, seq: index + 1, part }))
  .reduce(withEvent, emptyChat).preview?.parts;

test('pieces of text are joined with their neighbours of the same kind', () => {
  expect(said([
    { type: 'reasoning', text: 'h' }, { type: 'reasoning', text: 'm' }, { type: 'text', text: 'so' },
    { type: 'refusal', text: 'I will ' }, { type: 'refusal', text: 'not.' },
  ])).toEqual([
    { type: 'reasoning', text: 'hm' }, { type: 'text', text: 'so' }, { type: 'refusal', text: 'I will not.' },
  ]);
});

test('parts that come whole are kept as they are, also those of a newer server', () => {
  const parts = [
    { type: 'provider_tool', name: 'web_search', input: 'weather' },
    { type: 'source', url: 'https://example.com/', title: 'A' },
    { type: 'source', url: 'https://example.com/', title: 'A' },
    { type: 'file', media_type: 'image/png', data: 'aGk=' },
    { type: 'hologram', text: 'a' },
    { type: 'hologram', text: 'b' },
  ] as Part[];
  expect(said(parts)).toEqual(parts);
});
