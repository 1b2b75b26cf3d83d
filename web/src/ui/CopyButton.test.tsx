import { render } from 'preact';
import { expect, test, vi } from 'vitest';
import { CopyButton } from './CopyButton';
import { Notices } from './notices';

test('where the browser has no clipboard, as over plain HTTP, everybody is told that copying did not work', async () => {
  render(<><CopyButton text="text" label="Copy" /><Notices /></>, document.body);
  expect(navigator.clipboard).toBeUndefined();
  document.querySelector<HTMLButtonElement>('[aria-label=Copy]')!.click();
  await vi.waitFor(() => expect(document.querySelector('.notices')!.textContent).toContain('did not allow copying'));
});
