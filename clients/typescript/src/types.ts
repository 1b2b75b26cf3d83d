import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Chat = Schemas['ChatResponse'];
export type ChatSummary = Schemas['ChatSummary'];
export type ChatPage = Schemas['ChatListResponse'];
export type ChatStatus = Schemas['ChatStatus'];
export type ClientTool = Schemas['ClientToolRequest'];
export type CommandResult = Schemas['CommandResponse'];
export type HistoryEntry = Schemas['HistoryEntryRequest'];
export type MessagePage = Schemas['MessagesResponse'];
export type Model = Schemas['ModelResponse'];
export type NewChat = Schemas['CreateChatRequest'];
export type QueuedMessage = Schemas['QueuedMessage'];
export type ToolCall = Schemas['ToolCallPart'];
export type ToolResult = Schemas['ToolResultRequest'];
export type TurnError = Schemas['ChatError'];

export interface TextPart { type: 'text'; text: string }
export interface ReasoningPart { type: 'reasoning'; text: string }
export interface ToolCallPart { type: 'tool_call'; call_id: string; name: string; arguments: string }
export interface ToolResultPart { type: 'tool_result'; call_id: string; result: string; is_error: boolean }
/** A piece of a message. */
export type Part = TextPart | ReasoningPart | ToolCallPart | ToolResultPart;

/** A committed message of the history. */
export type Message = Omit<Schemas['Message'], 'parts' | 'generation'> & { parts: Part[]; generation: number };

/** What a chat's stream says. The server describes streams in prose only, so these are written by hand. */
export type ChatEvent =
  | { type: 'message'; chat_id: string; position: string; message: Message }
  | { type: 'message_part'; chat_id: string; position: string; generation: number; first_seq: number; seq: number; part: Part }
  | { type: 'status'; chat_id: string; version: number; status: ChatStatus; title: string; model: string; archived: boolean }
  | { type: 'queue_update'; chat_id: string; version: number; queue: QueuedMessage[] }
  | { type: 'history_reset'; chat_id: string; position: string; epoch: number }
  | { type: 'preview_reset'; chat_id: string; position: string; generation: number }
  | { type: 'retry'; chat_id: string; version: number; attempt: number; max_attempts: number; retry_at: string; error: TurnError }
  | { type: 'error'; chat_id: string; version?: number; error: TurnError }
  | { type: 'action_required'; chat_id: string; version: number; tool_calls: ToolCall[] };

/** What the stream of a list of chats says. */
export type WatchEvent =
  | { type: 'chats'; chats: ChatSummary[] }
  | { type: 'chat'; chat_id: string; chat: ChatSummary }
  | { type: 'chat_deleted'; chat_id: string };
