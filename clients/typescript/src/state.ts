import type {
  ChatEvent, ChatStatus, Message, Part, QueuedMessage, ReasoningPart, RefusalPart, TextPart,
  ToolCall, TurnError,
} from './types.js';

/** What there is to show of a chat. Immutable: every event makes another. */
export interface ChatState {
  messages: readonly Message[];
  /** The answer in flight, neighbouring parts of one kind joined; undefined if there is none. */
  preview: { generation: number; parts: readonly Part[] } | undefined;
  status: ChatStatus | undefined;
  title: string;
  model: string;
  archived: boolean;
  queue: readonly QueuedMessage[];
  /** Set while a failed attempt waits to be repeated. */
  retry: { attempt: number; maxAttempts: number; retryAt: string; error: TurnError; model?: string } | undefined;
  /** Why the turn failed; undefined if it did not. */
  error: TurnError | undefined;
  /** Calls of client-side tools that wait for results. */
  toolCalls: readonly ToolCall[];
}

export const emptyChat: ChatState = {
  messages: [],
  preview: undefined,
  status: undefined,
  title: '',
  model: '',
  archived: false,
  queue: [],
  retry: undefined,
  error: undefined,
  toolCalls: [],
};

/** Takes in an event of a stream that was followed from the beginning. Events of types that are not known change nothing. */
export function withEvent(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case 'message': {
      const isAnswer = state.preview !== undefined && event.message.generation >= state.preview.generation;
      return { ...state, messages: [...state.messages, event.message], preview: isAnswer ? undefined : state.preview };
    }
    case 'message_part': {
      const parts = state.preview?.generation === event.generation ? state.preview.parts : [];
      return { ...state, retry: undefined, preview: { generation: event.generation, parts: joined(parts, event.part) } };
    }
    case 'history_reset':
      return { ...state, messages: [], preview: undefined };
    case 'preview_reset':
      return { ...state, preview: undefined };
    case 'status': {
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
    case 'queue_update':
      return { ...state, queue: event.queue };
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

/** Joins pieces of text of one kind. All else, of a later server too, comes whole and is kept as it is. */
function joined(parts: readonly Part[], part: Part): Part[] {
  const last = parts.at(-1);
  return last && isPiece(part) && isPiece(last) && last.type === part.type
    ? [...parts.slice(0, -1), { ...part, text: last.text + part.text }]
    : [...parts, part];
}

const isPiece = (part: Part): part is TextPart | ReasoningPart | RefusalPart =>
  part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal';
