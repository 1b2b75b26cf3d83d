import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseParser } from '../src/sse.js';

function parse(pieces: readonly string[]): { data: string[]; retries: number[] } {
  const retries: number[] = [];
  const parser = new SseParser((milliseconds) => retries.push(milliseconds));
  return { data: pieces.flatMap((piece) => parser.push(piece)), retries };
}

test('events, comments, other fields and the pause between attempts are told apart', () => {
  const { data, retries } = parse(['retry: 1000\n\nretry: soon\n: heartbeat\n\nid: 1.2.3.4\nevent: message\ndata: {"a":1}\n\ndata: b\r\ndata:c\r\ndata\r\n\r\ndatum: d\n\n']);
  expect(retries).toEqual([1000]);
  expect(data).toEqual(['{"a":1}', 'b\nc\n']);
});

test('an event that was cut off is not handed on', () => {
  expect(parse(['id: 7\ndata: x\n']).data).toEqual([]);
});

test('a stream cut anywhere gives the same events', () => {
  const text = ': hi\n\nid: 1.1.1.1\ndata: {"text":"ä🎉"}\n\nid: 1.1.1.2\nevent: message_part\r\ndata: two\r\n\r\n';
  const whole = parse([text]).data;
  expect(whole).toEqual(['{"text":"ä🎉"}', 'two']);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      expect(parse(at.slice(1).map((end, index) => text.slice(at[index], end))).data).toEqual(whole);
    }),
  );
});

test('a long line that comes in many pieces is read once', () => {
  const pieces = ['data: ', ...Array.from({ length: 200_000 }, () => 'a'.repeat(64)), '\n\n'];
  expect(parse(pieces).data[0]).toHaveLength(64 * 200_000);
});
