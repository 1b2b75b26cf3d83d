import { memo } from 'preact/compat';
import type { Part, ToolResultPart } from '../api/types';
import { Markdown } from '../markdown/Markdown';
import { CopyButton } from '../ui/CopyButton';
import { Reasoning } from './Reasoning';
import { textOf, type AnswerRow, type Step } from './rows';
import { ToolView } from './ToolView';

const ends: Record<string, string> = {
  interrupted: 'Stopped',
  length: 'Cut off at the length limit',
  content_filter: 'Held back by the model’s filter',
  step_limit: 'Stopped at the limit on steps',
  failed: 'Failed',
  handed_over: 'Goes on below',
};

/** A step and those before it stay the same objects while an answer grows, so only the growing one is drawn. */
const StepView = memo(({ step, results, live }: { step: Step; results: ReadonlyMap<string, ToolResultPart>; live: boolean }) => (
  <>{step.parts.map((part, index) => <PartView key={index} part={part} results={results} live={live && index === step.parts.length - 1} />)}</>
));

function PartView({ part, results, live }: { part: Part; results: ReadonlyMap<string, ToolResultPart>; live: boolean }) {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} live={live} />;
    case 'reasoning':
      return <Reasoning text={part.text} live={live} />;
    case 'tool_call':
      return <ToolView call={part} result={results.get(part.call_id)} />;
    default:
      return null;
  }
}

export function AnswerView({ row, isLast }: { row: AnswerRow; isLast: boolean }) {
  const last = row.steps.at(-1);
  const message = last?.message;
  const text = row.steps.map((step) => textOf(step.parts)).filter(Boolean).join('\n\n');
  const end = message?.finish_reason ? ends[message.finish_reason] : undefined;
  const tokens = row.steps.reduce((sum, step) => sum + (step.message?.usage?.output_tokens ?? 0), 0);
  return (
    <article class={isLast ? 'answer last' : 'answer'} aria-label="Assistant" aria-busy={row.live}>
      {row.steps.map((step, index) => (
        <StepView key={step.generation} step={step} results={row.results} live={row.live && index === row.steps.length - 1} />
      ))}
      <div class={row.live ? 'actions hidden' : 'actions'}>
        {text !== '' && <CopyButton text={text} label="Copy answer" />}
        {end && <span class="end">{end}</span>}
        {message && <span class="meta">{[message.model, tokens > 0 && `${tokens} tokens`, timeOf(message.created_at)].filter(Boolean).join(' · ')}</span>}
      </div>
    </article>
  );
}

const timeOf = (time: string) => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
