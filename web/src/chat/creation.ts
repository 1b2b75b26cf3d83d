import { newIdempotencyKey } from 'durablechat';
import { readStored, writeStored } from '../ui/storage';

/** What a chat is to be made of, under the key by which the server knows it again. */
export interface Creation { key: string; content: string; model?: string | undefined; effort?: string | undefined }

const stored = 'durablechat.creation';

let last = readStored<Creation | undefined>(stored, undefined);

/**
 * The creation of a chat from this text. If it is what was tried last and nobody knows with what success, it is that one, also after a reload: then the
 * server answers with the chat that is there already. As long as the models are not known, the one chosen then holds.
 */
export function beginCreation(content: string, model: string | undefined, effort?: string): Creation {
  if (last?.content !== content || (model !== undefined && (last.model !== model || last.effort !== effort))) {
    last = { key: newIdempotencyKey(), content, model, effort };
    writeStored(stored, last);
  }

  return last;
}

/** Once its end is known, the same text makes another chat. */
export function forgetCreation(): void {
  last = undefined;
  writeStored(stored, undefined);
}
