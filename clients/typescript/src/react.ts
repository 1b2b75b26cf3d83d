import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { DurableChat } from './client.js';
import { type ChatSnapshot, ChatStore } from './store.js';
import type { CommandResult, NewChat, ToolResult } from './types.js';

export interface UseDurableChatOptions {
  /** The server. Keep one object, e.g. in a module: another one begins anew. */
  client: DurableChat;
  /**
   * Which chat; undefined until the first message has made one. Undefined again after another value starts another chat,
   * without a chat.
   */
  chatId?: string | undefined;
  /** For a chat that the first message makes: its model, title, tools. */
  newChat?: Omit<NewChat, 'content' | 'history'> | undefined;
  /** Reads only so many of the newest messages at first; `readOlder` reads those before. Left out, all come. */
  pageSize?: number | undefined;
  /** Told the id of a chat that was made, e.g. to put it into the address. */
  onCreated?: ((chatId: string) => void) | undefined;
}

export interface UseDurableChat extends ChatSnapshot {
  chatId: string | undefined;
  /**
   * Sends a message; makes the chat if there is none, and fails if the message before it is making one and fails. While
   * a turn runs it waits in the queue, or interrupts.
   */
  send(content: string, busyBehavior?: 'queue' | 'interrupt'): Promise<void>;
  /** Stops the answer and keeps what was said. */
  stop(): Promise<void>;
  /** Replaces a message of the user and runs from there. */
  edit(messageId: number, content: string): Promise<void>;
  deleteQueued(queuedId: number): Promise<void>;
  submitToolResults(results: ToolResult[]): Promise<void>;
  /** Puts a page of older messages in front, while `hasOlder`. */
  readOlder(): Promise<void>;
}

/** What has become of a hook's chat since the caller named it, or none. */
class Draft {
  /** The chat that the first message makes; those after it wait for it. */
  creating: Promise<string> | undefined;

  constructor(readonly client: DurableChat, readonly given: string | undefined) {}
}

/** Follows a chat: what there is to show, and what can be done. The functions throw `DurableChatError`. */
export function useDurableChat({ client, chatId: given, newChat, pageSize, onCreated }: UseDurableChatOptions): UseDurableChat {
  const [held, hold] = useState(() => new Draft(client, given));
  const isSame = held.client === client && held.given === given;
  const draft = isSame ? held : new Draft(client, given);
  if (!isSame) hold(draft);
  const [created, setCreated] = useState<{ draft: Draft; id: string }>();
  const chatId = given ?? (created?.draft === draft ? created.id : undefined);
  const store = useMemo(() => new ChatStore(client, chatId, { pageSize }), [client, chatId, pageSize]);
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  const send = useCallback(
    async (content: string, busyBehavior: 'queue' | 'interrupt' = 'queue') => {
      const known = chatId ?? draft.creating;
      if (known !== undefined) {
        await client.sendMessage(await known, content, { busyBehavior });
        return;
      }

      draft.creating = client.createChat({ ...newChat, content }).then((chat) => chat.id);
      const id = await draft.creating.catch((error: unknown) => {
        draft.creating = undefined;
        throw error;
      });
      setCreated({ draft, id });
      onCreated?.(id);
    },
    [client, chatId, draft, newChat, onCreated],
  );
  const command = async (run: (chat: string) => Promise<CommandResult>): Promise<void> => {
    if (chatId !== undefined) await run(chatId);
  };
  return {
    ...snapshot,
    chatId,
    send,
    stop: () => command((chat) => client.interrupt(chat)),
    edit: (messageId, content) => command((chat) => client.editMessage(chat, messageId, content)),
    deleteQueued: (queuedId) => command((chat) => client.deleteQueued(chat, queuedId)),
    submitToolResults: (results) => command((chat) => client.submitToolResults(chat, results)),
    readOlder: () => store.readOlder(),
  };
}
