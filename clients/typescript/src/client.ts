import { type CommandOptions, Http, type Options, type RequestOptions } from './http.js';
import { Order } from './order.js';
import { type Guard, stream, type StreamOptions } from './stream.js';
import type {
  Chat, ChatEvent, ChatPage, CommandResult, GenerationSettings, MessagePage, Model, NewChat, ToolResult, WatchEvent,
} from './types.js';

/** What a message is answered by. The model must allow the settings: see `allow` of `listModels`. */
export interface AnswerOptions {
  /** The model that is to answer. Left out, the chat's; of an edit, the one that the message was for. */
  model?: string;
  /** How it is to be answered. What is left out is the chat's; an edit without any keeps the message's own. */
  settings?: GenerationSettings;
}

export interface FollowOptions extends StreamOptions {
  /** Begins behind this message; 0, the default, for the whole history. */
  afterId?: number | undefined;
  /** Begins behind the event that had this position, instead. */
  position?: string | undefined;
}

/** Each connection begins with the whole list, so there is nothing to check. */
const all: Guard<WatchEvent & { position?: string }> = { connect: () => {}, take: (event) => [event] };

/**
 * A DurableChat server. Every method throws `DurableChatError` if the server says no, or does not answer although the
 * request was repeated.
 */
export class DurableChat {
  readonly #http: Http;

  constructor(options: Options = {}) {
    this.#http = new Http(options);
  }

  /** The models, the default first. */
  async listModels(options: RequestOptions = {}): Promise<Model[]> {
    return (await this.#http.call<{ models: Model[] }>('models', options)).models;
  }

  /** Creates a chat. With `content` it runs at once; with `history` alone it waits. */
  createChat(chat: NewChat, options: CommandOptions = {}): Promise<Chat> {
    return this.#http.call('chats', { ...options, method: 'POST', body: chat, keyed: true });
  }

  /** A page of your chats, those changed last first. */
  listChats(page: { limit?: number; cursor?: string; archived?: boolean | 'all' } = {}, options: RequestOptions = {}): Promise<ChatPage> {
    return this.#http.call(`chats${query(page)}`, options);
  }

  getChat(chat: string, options: RequestOptions = {}): Promise<Chat> {
    return this.#http.call(path(chat), options);
  }

  /**
   * Renames a chat, puts it away or brings it back, or sets what answers its next messages: new `settings` take the
   * place of all that it had.
   */
  updateChat(chat: string, change: { title?: string; archived?: boolean } & AnswerOptions, options: RequestOptions = {}): Promise<Chat> {
    return this.#http.call(path(chat), { ...options, method: 'PATCH', body: change });
  }

  /** Deletes a chat for good. */
  deleteChat(chat: string, options: RequestOptions = {}): Promise<void> {
    return this.#http.call(path(chat), { ...options, method: 'DELETE' });
  }

  /** A page of the history, ids ascending: the oldest behind one id, or the newest before one. */
  listMessages(chat: string, page: { after_id?: number; before_id?: number; limit?: number } = {}, options: RequestOptions = {}): Promise<MessagePage> {
    return this.#http.call(`${path(chat, 'messages')}${query(page)}`, options);
  }

  /** Sends a message. While a turn runs it waits in the queue, or interrupts. */
  sendMessage(chat: string, content: string, options: CommandOptions & AnswerOptions & { busyBehavior?: 'queue' | 'interrupt' } = {}): Promise<CommandResult> {
    const { busyBehavior = 'queue', model, settings, ...rest } = options;
    return this.#command('POST', path(chat, 'messages'), rest, { content, busy_behavior: busyBehavior, model, settings });
  }

  /** Replaces a message of the user, removes what followed, and runs from there. */
  editMessage(chat: string, messageId: number, content: string, options: CommandOptions & AnswerOptions = {}): Promise<CommandResult> {
    const { model, settings, ...rest } = options;
    return this.#command('PATCH', path(chat, `messages/${messageId}`), rest, { content, model, settings });
  }

  /** Stops the turn and keeps what was answered. */
  interrupt(chat: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('POST', path(chat, 'interrupt'), options);
  }

  /** Answers calls of client-side tools. */
  submitToolResults(chat: string, results: ToolResult[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('POST', path(chat, 'tool-results'), options, { results });
  }

  /** Takes a message out of the queue. */
  deleteQueued(chat: string, queuedId: number, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('DELETE', path(chat, `queue/${queuedId}`), options);
  }

  /** Runs a message of the queue next. */
  promoteQueued(chat: string, queuedId: number, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#command('POST', path(chat, `queue/${queuedId}/promote`), options);
  }

  /**
   * Follows a chat: `for await (const event of client.follow(id))`. The stream reconnects. It neither repeats
   * nor skips a message or part, and its states do not go back. It ends when you leave the loop or abort the signal. It
   * throws `DurableChatError` if the chat is gone or you may not see it.
   */
  follow(chat: string, options: FollowOptions = {}): AsyncGenerator<ChatEvent, never, undefined> {
    const { afterId = 0, position, ...rest } = options;
    const order = new Order(position === undefined ? afterId : undefined);
    const from = position === undefined ? query({ after_id: afterId }) : query({ last_event_id: position });
    return stream<ChatEvent & { position?: string }>(this.#http, path(chat, 'stream'), from, order, rest);
  }

  /** Follows the list of your chats. After every new connection it begins with `chats`, in place of what you have. */
  watch(options: StreamOptions = {}): AsyncGenerator<WatchEvent, never, undefined> {
    return stream<WatchEvent & { position?: string }>(this.#http, 'chats/watch', '', all, options);
  }

  #command(method: string, path: string, options: CommandOptions, body?: unknown): Promise<CommandResult> {
    return this.#http.call(path, { ...options, method, body, keyed: true });
  }
}

function path(chat: string, rest?: string): string {
  return `chats/${encodeURIComponent(chat)}${rest === undefined ? '' : `/${rest}`}`;
}

function query(values: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
