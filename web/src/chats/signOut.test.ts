import { expect, test } from 'vitest';
import { writeText } from '../ui/storage';
import { signOut } from './signOut';

test('whoever signs out leaves nothing that was written, and keeps how the page looks', () => {
  for (const key of ['token', 'draft.new', 'draft.c/edit/1', 'outbox.k', 'creation', 'theme', 'model']) writeText(`durablechat.${key}`, '"x"');
  signOut();
  expect(Object.keys(localStorage).sort()).toEqual(['durablechat.model', 'durablechat.theme']);
});
