export { type AnswerOptions, DurableChat, type FollowOptions } from './client.js';
export { DurableChatError } from './errors.js';
export type { CommandOptions, Options, RequestOptions } from './http.js';
export { type ChatState, emptyChat, withEvent } from './state.js';
export { type ChatSnapshot, ChatStore } from './store.js';
export type { Connection, StreamOptions } from './stream.js';
export type * from './types.js';
