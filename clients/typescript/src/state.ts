import type {
  ChatEvent, ChatStatus, Message, MessagePage, Part, QueuedMessage, ReasoningPart, RefusalPart, TextPart,
  ToolCall, TurnError,
} from './types.js';

/** The answer in flight: parts 1 to `seq` of a generation, neighbouring parts of one kind joined. */
export interface Preview { generation: number; seq: number; parts: readonly Part[] }

/** A failed attempt that waits to be repeated. */
export interface Retry { attempt: number; maxAttempts: number; retryAt: string; error: TurnError; model?: string }

/** What there is to show of a chat. Immutable: every event makes another. */
export interface ChatState {
  /** The epoch of the history, if pages of it were read. 0 if the stream sent the whole history. */
  epoch: number;
  /** A contiguous run of the newest messages. */
  messages: readonly Message[];
  /** True if there are older messages: see `withOlderPage`. */
  hasOlder: boolean;
  /** The answer in flight; undefined if there is none. */
  preview: Preview | undefined;
  status: ChatStatus | undefined;
  title: string;
  model: string;
  archived: boolean;
  queue: readonly QueuedMessage[];
  /** The version of the chat that last changed the queue. */
  queueVersion: number;
  /** Set while a failed attempt waits to be repeated. */
  retry: Retry | undefined;
  /** Why the turn failed; undefined if it did not. */
  error: TurnError | undefined;
  /** Calls of client-side tools that wait for results. */
  toolCalls: readonly ToolCall[];
  /**
   * True if the messages are out of date, e.g. because the history was rewritten. Read the newest page again. Until
   * then, `messages` and `preview` do not change.
   */
  stale: boolean;
}

export const emptyChat: ChatState = {
  epoch: 0,
  messages: [],
  hasOlder: false,
  preview: undefined,
  status: undefined,
  title: '',
  model: '',
  archived: false,
  queue: [],
  queueVersion: 0,
  retry: undefined,
  error: undefined,
  toolCalls: [],
  stale: false,
};

/** The id of the newest message; 0 if there is none. */
export const lastId = (state: ChatState): number => state.messages.at(-1)?.id ?? 0;

/** Starts with the newest page of the history. Then follow the chat: `follow(chat, { afterId: lastId(state) })`. */
export function withNewestPage(state: ChatState, page: MessagePage): ChatState {
  return { ...state, epoch: page.epoch, messages: page.messages, hasOlder: page.has_more, preview: undefined, stale: false };
}

/** Adds an older page. If it does not fit, the history was rewritten in the meantime, and the state becomes stale. */
export function withOlderPage(state: ChatState, page: MessagePage): ChatState {
  const first = state.messages[0];
  const last = page.messages.at(-1);
  if (page.epoch !== state.epoch || (first && last && first.previous_id !== last.id)) return { ...state, stale: true };
  return { ...state, messages: [...page.messages, ...state.messages], hasOlder: page.has_more };
}

/**
 * Applies an event of a stream that started at the beginning, or after the newest page. Duplicates and events of
 * unknown types change nothing. A gap makes the state stale. So does a rewrite, if pages of the history were read;
 * otherwise the stream sends the new history.
 */
export function withEvent(state: ChatState, event: ChatEvent): ChatState {
  if (state.stale && event.type !== 'status' && event.type !== 'queue_update' && event.type !== 'history_reset') return state;
  switch (event.type) {
    case 'message':
      return withMessage(state, event.message);
    case 'message_part':
      return withPart(state, event);
    case 'history_reset':
      return state.epoch > 0 ? { ...state, stale: true } : { ...state, messages: [], preview: undefined, stale: false };
    case 'preview_reset':
      return { ...state, preview: undefined };
    case 'status':
      return withStatus(state, event);
    case 'queue_update':
      return { ...state, queue: event.queue, queueVersion: event.version };
    case 'retry':
      return { ...state, retry: { attempt: event.attempt, maxAttempts: event.max_attempts, retryAt: event.retry_at, error: event.error, ...(event.model !== undefined && { model: event.model }) } };
    case 'error':
      return event.error.code === 'storage_unavailable' ? state : { ...state, error: event.error };
    case 'action_required':
      return { ...state, toolCalls: event.tool_calls };
    default:
      return state;
  }
}

function withMessage(state: ChatState, message: Message): ChatState {
  const last = state.messages.at(-1);
  if (last && message.id <= last.id) return state;
  if (last && message.previous_id !== last.id) return { ...state, stale: true };
  const isAnswer = state.preview !== undefined && message.generation >= state.preview.generation;
  return { ...state, messages: [...state.messages, message], preview: isAnswer ? undefined : state.preview };
}

function withPart(state: ChatState, event: Extract<ChatEvent, { type: 'message_part' }>): ChatState {
  const { generation, seq } = event;
  if (state.preview && generation < state.preview.generation) return state;
  const preview = state.preview?.generation === generation ? state.preview : undefined;
  if (preview && seq <= preview.seq) return state;
  // Joined text cannot be cut at a part that is in it already.
  if (preview && event.first_seq !== preview.seq + 1) return { ...state, stale: true };
  return { ...state, retry: undefined, preview: { generation, seq, parts: joined(preview?.parts ?? [], event.part) } };
}

function withStatus(state: ChatState, event: Extract<ChatEvent, { type: 'status' }>): ChatState {
  const { status, title, model, archived } = event;
  return {
    ...state,
    status,
    title,
    model,
    archived,
    retry: status === 'running' ? state.retry : undefined,
    error: status === 'error' ? state.error : undefined,
    toolCalls: status === 'requires_action' ? state.toolCalls : [],
  };
}

/** Joins pieces of text of one kind. All else, of a later server too, comes whole and is kept as it is. */
function joined(parts: readonly Part[], part: Part): Part[] {
  const last = parts.at(-1);
  return last && isPiece(part) && isPiece(last) && last.type === part.type
    ? [...parts.slice(0, -1), { ...part, text: last.text + part.text }]
    : [...parts, part];
}

const isPiece = (part: Part): part is TextPart | ReasoningPart | RefusalPart =>
  part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal';
