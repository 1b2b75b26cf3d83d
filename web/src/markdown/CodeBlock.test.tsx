import { render } from 'preact';
import { act } from 'preact/test-utils';
import { expect, test } from 'vitest';
import { CodeBlock } from './CodeBlock';
import { startOf } from './start';

const draw = async (text: string) => {
  render(null, document.body);
  await act(() => render(<CodeBlock text={text} language="csharp" />, document.body));
  return document.body.querySelector('code')!;
};
const button = () => document.body.querySelector<HTMLButtonElement>('.show-all');

test('of very long code the beginning is laid out, and the rest when it is asked for', async () => {
  const text = Array.from({ length: 50_000 }, (_, i) => `line ${i};`).join('\n');
  const code = await draw(text);
  expect(code.textContent!.split('\n')).toHaveLength(1_000);
  expect(text.startsWith(code.textContent!)).toBe(true);
  await act(() => button()!.click());
  expect(document.body.querySelector('code')!.textContent).toBe(text);
  expect(button()).toBeNull();
});

test('code of usual length is shown as a whole', async () => {
  expect((await draw('a\nb')).textContent).toBe('a\nb');
  expect(button()).toBeNull();
});

test.each([
  ['', ''],
  ['a\n', 'a\n'],
  ['x'.repeat(50_000), 'x'.repeat(50_000)],
  ['x'.repeat(60_000), 'x'.repeat(50_000)],
  ['x'.repeat(30_000) + '\n' + 'y'.repeat(30_000), 'x'.repeat(30_000)],
  ['a\n'.repeat(1_000), 'a\n'.repeat(1_000)],
  ['a\n'.repeat(1_001), 'a\n'.repeat(1_000).slice(0, -1)],
])('the beginning ends with a line', (text, start) => {
  expect(startOf(text)).toBe(start);
});
