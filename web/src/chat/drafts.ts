import { readStored, writeStored } from '../ui/storage';

const key = (chat: string) => `durablechat.draft.${chat}`;

/** What was typed and not sent, for each chat; it survives a reload. */
export const readDraft = (chat: string): string => readStored(key(chat), '');

export const writeDraft = (chat: string, text: string): void => writeStored(key(chat), text || undefined);
