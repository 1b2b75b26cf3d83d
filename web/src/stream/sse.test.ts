import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseParser, type SseFrame } from './sse';

function parse(pieces: readonly string[]): { frames: SseFrame[]; retries: number[] } {
  const frames: SseFrame[] = [];
  const retries: number[] = [];
  const parser = new SseParser({ frame: (frame) => frames.push(frame), retry: (milliseconds) => retries.push(milliseconds) });
  for (const piece of pieces) parser.push(piece);
  return { frames, retries };
}

test('events, ids, comments and the pause between attempts are told apart', () => {
  const { frames, retries } = parse(['retry: 1000\n\n: heartbeat\n\nid: 1.2.3.4\nevent: message\ndata: {"a":1}\n\ndata: b\r\ndata: c\r\n\r\n']);
  expect(retries).toEqual([1000]);
  expect(frames).toEqual([{ id: '1.2.3.4', data: '{"a":1}' }, { data: 'b\nc' }]);
});

test('an event that was cut off is not handed on, nor is its id', () => {
  expect(parse(['id: 7\ndata: x\n']).frames).toEqual([]);
});

test('an id belongs to its own event only', () => {
  expect(parse(['id: 7\ndata: x\n\ndata: y\n\n']).frames).toEqual([{ id: '7', data: 'x' }, { data: 'y' }]);
});

test('a stream cut anywhere gives the same events', () => {
  const text = ': hi\n\nid: 1.1.1.1\ndata: {"text":"ä🎉"}\n\nid: 1.1.1.2\nevent: message_part\ndata: two\n\n';
  const whole = parse([text]).frames;
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      expect(parse(at.slice(1).map((end, index) => text.slice(at[index], end))).frames).toEqual(whole);
    }),
  );
});
