import type { Message, Part, ToolResultPart } from 'durablechat';
import type { ChatState, Preview } from 'durablechat';

export interface UserRow { kind: 'user'; key: string; message: Message; text: string }

/** One step of an answer: a model call. */
export interface Step { generation: number; parts: readonly Part[]; message: Message | undefined }

export interface AnswerRow { kind: 'answer'; key: string; steps: Step[]; results: ReadonlyMap<string, ToolResultPart>; live: boolean }

export type Row = UserRow | AnswerRow;

/** What a message says, without what it does. */
export const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');

/** What a row says, without any form. */
export const plainOf = (row: Row): string =>
  row.kind === 'user' ? row.text : row.steps.map((step) => textOf(step.parts)).filter(Boolean).join('\n\n');

const cache = new WeakMap<readonly Message[], Row[]>();

/**
 * The rows of a conversation: one for each user message, and one for all that answers it, whatever the number of model calls and tools. The row of an
 * answer keeps its key when its message takes the place of its parts, so nothing on the screen is made anew.
 */
export function rowsOf(state: ChatState): Row[] {
  let rows = cache.get(state.messages);
  if (!rows) {
    rows = settledRows(state.messages);
    cache.set(state.messages, rows);
  }

  return state.preview ? withPreview(rows, state.preview) : rows;
}

function settledRows(messages: readonly Message[]): Row[] {
  const rows: Row[] = [];
  let results = new Map<string, ToolResultPart>();
  let answer: AnswerRow | undefined;
  for (const message of messages) {
    if (message.role === 'user') {
      answer = undefined;
      rows.push({ kind: 'user', key: `u${message.id}`, message, text: textOf(message.parts) });
      continue;
    }

    if (!answer) {
      results = new Map();
      answer = { kind: 'answer', key: answerKey(message.generation, message.id), steps: [], results, live: false };
      rows.push(answer);
    }

    for (const part of message.parts) if (part.type === 'tool_result') results.set(part.call_id, part);
    if (message.role === 'assistant') answer.steps.push({ generation: message.generation, parts: message.parts, message });
  }

  return rows;
}

function withPreview(rows: Row[], preview: Preview): Row[] {
  const step: Step = { generation: preview.generation, parts: preview.parts, message: undefined };
  const last = rows.at(-1);
  return last?.kind === 'answer'
    ? [...rows.slice(0, -1), { ...last, steps: [...last.steps, step], live: true }]
    : [...rows, { kind: 'answer', key: answerKey(preview.generation, 0), steps: [step], results: new Map(), live: true }];
}

const answerKey = (generation: number, id: number): string => (generation > 0 ? `g${generation}` : `m${id}`);
