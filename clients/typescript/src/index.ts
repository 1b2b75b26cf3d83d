export { type AnswerOptions, DurableChat, type FollowOptions } from './client.js';
export { DurableChatError } from './errors.js';
export { Follower, type FollowerOptions, type FollowerState } from './follower.js';
export { type CommandOptions, newIdempotencyKey, type Options, type RequestOptions } from './http.js';
export { type ChatState, emptyChat, lastId, type Preview, type Retry, withEvent, withNewestPage, withOlderPage } from './state.js';
export { type ChatSnapshot, ChatStore, type ChatStoreOptions } from './store.js';
export type { Connection, StreamOptions } from './stream.js';
export type * from './types.js';
export { backoff } from './wait.js';
