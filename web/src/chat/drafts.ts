import { readStored, removeStored, writeStored } from '../ui/storage';

const prefix = 'durablechat.draft.';

/** Names what is typed inside a chat: the edit of a message, the result of a tool. */
export const draftIn = (chat: string, place: string): string => `${chat}/${place}`;

/** What was typed and not sent, for each chat and place in it; it survives a reload. */
export const readDraft = (name: string): string => readStored(prefix + name, '');

export const writeDraft = (name: string, text: string): void => writeStored(prefix + name, text || undefined);

export function forgetDrafts(chat: string): void {
  writeDraft(chat, '');
  removeStored(prefix + draftIn(chat, ''));
}

export const forgetAllDrafts = (): void => removeStored(prefix);
