import type {
  ChatEvent, ChatStatus, Message, MessagePage, Part, QueuedMessage, ReasoningPart, RefusalPart,
  Retry, TextPart, ToolCall, TurnError,
} from '../api/types';

/** The answer in flight: parts 1 to `seq` of a generation, neighbours of one kind joined. */
export interface Preview { generation: number; seq: number; parts: Part[] }

/** What a page knows of a chat. Immutable: every event makes another. */
export interface ChatState {
  epoch: number;
  /** A contiguous run of the newest messages. */
  messages: readonly Message[];
  hasOlder: boolean;
  preview: Preview | undefined;
  status: ChatStatus | undefined;
  title: string;
  model: string;
  archived: boolean;
  queue: readonly QueuedMessage[];
  /** The chat's version at which the queue became what it is. */
  queueVersion: number;
  retry: Retry | undefined;
  error: TurnError | undefined;
  toolCalls: readonly ToolCall[];
  /** True if what is shown no longer follows from the events: the newest page must be read again. */
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

export const lastId = (state: ChatState): number => state.messages.at(-1)?.id ?? 0;

/** Begins anew with the newest page of the history. */
export function withNewestPage(state: ChatState, page: MessagePage): ChatState {
  return { ...state, epoch: page.epoch, messages: page.messages, hasOlder: page.has_more, preview: undefined, stale: false };
}

/** Puts an older page in front; one that does not fit tells that the history was rewritten meanwhile. */
export function withOlderPage(state: ChatState, page: MessagePage): ChatState {
  const first = state.messages[0];
  const last = page.messages.at(-1);
  if (page.epoch !== state.epoch || (first && last && first.previous_id !== last.id)) return { ...state, stale: true };
  return { ...state, messages: [...page.messages, ...state.messages], hasOlder: page.has_more };
}

/** Takes in an event of the stream. What comes twice changes nothing; what leaves a gap makes the state stale. */
export function withEvent(state: ChatState, event: ChatEvent): ChatState {
  // After a rewrite the old history stays on the screen until the new one is there, all at once.
  if (state.stale && event.type !== 'status' && event.type !== 'queue_update') return state;
  switch (event.type) {
    case 'message':
      return withMessage(state, event.message);
    case 'message_part':
      return withPart(state, event);
    case 'preview_reset':
      return { ...state, preview: undefined };
    case 'history_reset':
      return { ...state, stale: true };
    case 'status':
      return withStatus(state, event);
    case 'queue_update':
      return { ...state, queue: event.queue, queueVersion: event.version };
    case 'retry':
      return { ...state, retry: event };
    case 'error':
      return event.error.code === 'storage_unavailable' ? state : { ...state, error: event.error };
    case 'action_required':
      return { ...state, toolCalls: event.tool_calls };
    default:
      // A newer server may say more than this page understands.
      return state;
  }
}

function withMessage(state: ChatState, message: Message): ChatState {
  const last = lastId(state);
  if (message.id <= last) return state;
  if (message.previous_id !== last) return { ...state, stale: true };
  const answered = state.preview !== undefined && message.generation >= state.preview.generation;
  return { ...state, messages: [...state.messages, message], preview: answered ? undefined : state.preview };
}

function withPart(state: ChatState, event: Extract<ChatEvent, { type: 'message_part' }>): ChatState {
  const preview = state.preview?.generation === event.generation ? state.preview : undefined;
  if (!preview && state.preview && event.generation < state.preview.generation) return state;
  const seen = preview?.seq ?? 0;
  if (event.seq <= seen) return state;
  // Joined text cannot be cut at a part that is on the screen already.
  if (event.first_seq !== seen + 1) return { ...state, stale: true };
  return {
    ...state,
    retry: undefined,
    preview: { generation: event.generation, seq: event.seq, parts: joined(preview?.parts ?? [], event.part) },
  };
}

function joined(parts: readonly Part[], part: Part): Part[] {
  const last = parts.at(-1);
  if (last && isPiece(part) && isPiece(last) && last.type === part.type) {
    return [...parts.slice(0, -1), { ...part, text: last.text + part.text }];
  }

  return [...parts, part];
}

/** Texts come in pieces; whatever else there is comes whole. */
const isPiece = (part: Part): part is TextPart | ReasoningPart | RefusalPart =>
  part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal';

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
