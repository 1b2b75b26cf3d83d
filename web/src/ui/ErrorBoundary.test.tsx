import { render } from 'preact';
import { act } from 'preact/test-utils';
import { expect, test } from 'vitest';
import { ErrorBoundary } from './ErrorBoundary';

function Broken(): never {
  throw new RangeError('Maximum call stack size exceeded');
}

test('a message that cannot be drawn is shown as its text, and its neighbours stay', async () => {
  await act(() => render(
    <>
      <ErrorBoundary text="before"><p>fine</p></ErrorBoundary>
      <ErrorBoundary text="<b>what was said</b>"><Broken /></ErrorBoundary>
    </>,
    document.body,
  ));
  expect(document.body.querySelector('p')!.textContent).toBe('fine');
  expect(document.body.querySelector('.undrawn pre')!.textContent).toBe('<b>what was said</b>');
});
