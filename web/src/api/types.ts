/** What the server sends, as docs/wire.md describes it. */

export type ChatStatus = 'waiting' | 'running' | 'interrupting' | 'requires_action' | 'error';

export interface TextPart { type: 'text'; text: string }
export interface ReasoningPart { type: 'reasoning'; text: string }
export interface ToolCallPart { type: 'tool_call'; call_id: string; name: string; arguments: string }
export interface ToolResultPart { type: 'tool_result'; call_id: string; result: string; is_error: boolean }
export interface RefusalPart { type: 'refusal'; text: string }
export interface SourcePart { type: 'source'; url: string; title?: string }
export interface ProviderToolPart { type: 'provider_tool'; name: string; input: string }
export interface FilePart { type: 'file'; media_type: string; data: string }
export type Part =
  | TextPart | ReasoningPart | ToolCallPart | ToolResultPart
  | RefusalPart | SourcePart | ProviderToolPart | FilePart;

export interface Message {
  id: number;
  previous_id: number;
  role: 'user' | 'assistant' | 'tool' | 'system';
  parts: Part[];
  generation: number;
  model?: string;
  finish_reason?: string;
  usage?: { input_tokens?: number; output_tokens?: number };
  /** Of a user message that waited in the queue: its number there. */
  queued_id?: number;
  created_at: string;
}

export interface QueuedMessage { id: number; content: string; urgent: boolean; created_at: string }
export interface TurnError { code: string; message: string; retryable: boolean }
export interface ToolCall { call_id: string; name: string; arguments: string }
export interface Retry { attempt: number; max_attempts: number; retry_at: string; error: TurnError; model?: string }

export interface ChatSummary {
  id: string;
  title: string;
  model: string;
  status: ChatStatus;
  archived: boolean;
  version: number;
  last_message_id: number;
  created_at: string;
  updated_at: string;
}

export interface MessagePage { epoch: number; last_message_id: number; messages: Message[]; has_more: boolean }
export interface ChatPage { chats: ChatSummary[]; next_cursor?: string }
export interface Model {
  name: string;
  description?: string;
  is_default: boolean;
  /** Which settings may be chosen for it; the page offers the effort. */
  allow?: { reasoning_effort?: readonly string[] };
}
export interface CommandResult { chat_id: string; version: number; status: ChatStatus; message_id?: number; queued_id?: number }

export type ChatEvent =
  | { type: 'message'; position: string; message: Message }
  | { type: 'message_part'; position: string; generation: number; first_seq: number; seq: number; part: Part }
  | { type: 'status'; version: number; status: ChatStatus; title: string; model: string; archived: boolean }
  | { type: 'queue_update'; version: number; queue: QueuedMessage[] }
  | { type: 'history_reset'; position: string; epoch: number }
  | { type: 'preview_reset'; position: string; generation: number }
  | ({ type: 'retry'; version: number } & Retry)
  | { type: 'error'; version?: number; error: TurnError }
  | { type: 'action_required'; version: number; tool_calls: ToolCall[] };

export type WatchEvent =
  | { type: 'chats'; chats: ChatSummary[] }
  | { type: 'chat'; chat_id: string; chat: ChatSummary }
  | { type: 'chat_deleted'; chat_id: string };
