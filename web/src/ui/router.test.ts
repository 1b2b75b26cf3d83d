import { expect, test } from 'vitest';
import { go, route } from './router';

test('an address that is no valid encoding names a chat that is not here', () => {
  go('/c/%zz');
  expect(route.value).toEqual({ page: 'chat', id: '%zz' });
  go('/c/a%20b');
  expect(route.value).toEqual({ page: 'chat', id: 'a b' });
});
