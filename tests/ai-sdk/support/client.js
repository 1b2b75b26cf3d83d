import * as ai5 from 'ai5';
import * as ai500 from 'ai500';
import * as ai6 from 'ai6';
import * as ai600 from 'ai600';
import * as ai7 from 'ai7';

/** The clients: the newest of each version, and the first ones, which refuse what they do not know. */
export const clients = { '5.0.0': ai500, '5': ai5, '6.0.0': ai600, '6': ai6, '7': ai7 };

/** A chat as useChat has it, without React: the state that the package asks for, and a way to wait for it. */
export function openChat(ai, server, { id, messages = [], body, prepareSendMessagesRequest, ...options }) {
  const waiting = new Set();
  const changed = () => waiting.forEach((look) => look());
  const state = {
    _status: 'ready', _error: undefined, _messages: messages,
    get status() { return this._status; },
    set status(value) { this._status = value; changed(); },
    get error() { return this._error; },
    set error(value) { this._error = value; changed(); },
    get messages() { return this._messages; },
    set messages(value) { this._messages = value; changed(); },
    pushMessage(message) { this.messages = [...this._messages, message]; },
    popMessage() { this.messages = this._messages.slice(0, -1); },
    replaceMessage(index, message) { this.messages = this._messages.with(index, structuredClone(message)); },
    snapshot: (value) => structuredClone(value),
  };
  const chat = new ai.AbstractChat({ id, state, transport: new ai.DefaultChatTransport({ api: server.api, body, prepareSendMessagesRequest }), ...options });
  chat.until = (wanted) => new Promise((resolve) => {
    const look = () => wanted(chat) && (waiting.delete(look), resolve());
    waiting.add(look);
    look();
  });
  return chat;
}

export const textOf = (message) => message?.parts.filter((part) => part.type === 'text').map((part) => part.text).join('') ?? '';

/** The history as the server tells it. */
export async function readHistory(server, id) {
  const response = await fetch(`${server.api}/${id}/messages`);
  return (await response.json()).messages;
}

export const stop = (server, id) => fetch(`${server.api}/${id}/stop`, { method: 'POST' });

/** Messages without what differs by design: a client's own ids of what it sent, ids of parts, which only some versions keep, and fields without a value. */
export const comparable = (messages) => JSON.parse(JSON.stringify(messages)).map((message) => ({
  ...message,
  id: message.role === 'user' ? 'its own' : message.id,
  parts: message.parts.map(({ id, ...part }) => part),
}));
