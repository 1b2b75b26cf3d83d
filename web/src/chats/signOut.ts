import { setToken } from '../api/token';
import { forgetCreation } from '../chat/creation';
import { forgetAllDrafts } from '../chat/drafts';
import { forgetOutbox } from '../chat/outbox';

/** Leaves nothing of what this person wrote to whoever signs in next. */
export function signOut(): void {
  setToken('');
  forgetAllDrafts();
  forgetOutbox();
  forgetCreation();
}
