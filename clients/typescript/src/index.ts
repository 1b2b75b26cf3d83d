export { type AnswerOptions, DurableChat, type FollowOptions } from './client.js';
export { DurableChatError } from './errors.js';
export { type CommandOptions, newIdempotencyKey, type Options, type RequestOptions } from './http.js';
export { type ChatState, emptyChat, withEvent } from './state.js';
export { type ChatSnapshot, ChatStore } from './store.js';
export type { Connection, StreamOptions } from './stream.js';
export type * from './types.js';
export { backoff } from './wait.js';
