import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Chat = Schemas['ChatResponse'];
export type ChatSummary = Schemas['ChatSummary'];
export type ChatPage = Schemas['ChatListResponse'];
export type ChatStatus = Schemas['ChatStatus'];
export type ClientTool = Schemas['ClientToolRequest'];
export type CommandResult = Schemas['CommandResponse'];
export type HistoryEntry = Schemas['HistoryEntryRequest'];
export type Model = Schemas['ModelResponse'];
export type NewChat = Schemas['CreateChatRequest'];
export type QueuedMessage = Schemas['QueuedMessage'];
export type ToolCall = Schemas['ToolCallPart'];
export type ToolResult = Schemas['ToolResultRequest'];
export type TurnError = Schemas['ChatError'];

export type TextPart = Schemas['MessagePartTextPart'];
export type ReasoningPart = Schemas['MessagePartReasoningPart'];
export type ToolCallPart = Schemas['MessagePartToolCallPart'];
export type ToolResultPart = Schemas['MessagePartToolResultPart'];
export type RefusalPart = Schemas['MessagePartRefusalPart'];
export type SourcePart = Schemas['MessagePartSourcePart'];
export type ProviderToolPart = Schemas['MessagePartProviderToolPart'];
export type FilePart = Schemas['MessagePartFilePart'];
/** A piece of a message. Servers of a later version may send parts of other types: pass over what you do not know. */
export type Part = Schemas['MessagePart'];

/** What an answer cost, as the provider counted. */
export type TokenUsage = Schemas['TokenUsage'];
/** Why an answer ends. */
export type FinishReason = Schemas['FinishReason'];

/** How a model is to answer. What is left out is the chat's, and then the model's. */
export type GenerationSettings = Schemas['GenerationSettings'];
/** Which settings requests may choose for a model: what is missing or false they may not. */
export type AllowedSettings = Schemas['AllowedSettings'];

/** A committed message of the history. */
export type Message = Omit<Schemas['Message'], 'parts' | 'generation'> & { parts: Part[]; generation: number };

/** A run of the history, ids ascending. */
export type MessagePage = Omit<Schemas['MessagesResponse'], 'messages'> & { messages: Message[] };

/** What a chat's stream says. The server describes streams in prose only, so these are written by hand. */
export type ChatEvent =
  | { type: 'message'; chat_id: string; position: string; message: Message }
  | { type: 'message_part'; chat_id: string; position: string; generation: number; first_seq: number; seq: number; part: Part }
  | { type: 'status'; chat_id: string; version: number; status: ChatStatus; title: string; model: string; archived: boolean; fallback_model?: string; settings?: GenerationSettings }
  | { type: 'queue_update'; chat_id: string; version: number; queue: QueuedMessage[] }
  | { type: 'history_reset'; chat_id: string; position: string; epoch: number }
  | { type: 'preview_reset'; chat_id: string; position: string; generation: number }
  | { type: 'retry'; chat_id: string; version: number; attempt: number; max_attempts: number; retry_at: string; error: TurnError; model?: string }
  | { type: 'error'; chat_id: string; version?: number; error: TurnError }
  | { type: 'action_required'; chat_id: string; version: number; tool_calls: ToolCall[] }
  | { type: 'tool_progress'; chat_id: string; call_id: string; text: string };

/** What the stream of a list of chats says. */
export type WatchEvent =
  | { type: 'chats'; chats: ChatSummary[] }
  | { type: 'chat'; chat_id: string; chat: ChatSummary }
  | { type: 'chat_deleted'; chat_id: string };
