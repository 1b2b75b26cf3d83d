import { createParser } from 'eventsource-parser';
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

/** As `eventsource-parser` reads it. */
function reference(text: string): { data: string[]; retries: number[] } {
  const read = { data: [] as string[], retries: [] as number[] };
  createParser({ onEvent: ({ data }) => read.data.push(data), onRetry: (retry) => read.retries.push(retry) }).feed(text);
  return read;
}

const line = fc.oneof(
  fc.tuple(fc.constantFrom('data', 'data:', 'data: ', 'retry: ', 'retry:', 'event: ', 'id:', ': ', ':', ' data:', 'dat', 'x'), fc.constantFrom('', ' ', '7', 'a:b', ' a', '{"ä": "🎉"}', '-1'))
    .map((both) => both.join('')),
  fc.constant(''),
);

test('every stream is read as eventsource-parser reads it, cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 30 }), fc.array(fc.nat(200), { maxLength: 8 }), (lines, cuts) => {
      const text = lines.flat().join('');
      const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      expect(parse(at.slice(1).map((end, index) => text.slice(at[index], end)))).toEqual(reference(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a long line that comes in many pieces is read once', () => {
  const pieces = ['data: ', ...Array.from({ length: 200_000 }, () => 'a'.repeat(64)), '\n\n'];
  expect(parse(pieces).data[0]).toHaveLength(64 * 200_000);
});
