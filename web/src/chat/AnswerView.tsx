import { memo } from 'preact/compat';
import type { Part, ToolResultPart } from 'durablechat';
import { Markdown } from '../markdown/Markdown';
import { CopyButton } from '../ui/CopyButton';
import { endingOf } from './ending';
import { FileView } from './FileView';
import { ProviderTool } from './ProviderTool';
import { Reasoning } from './Reasoning';
import { Refusal } from './Refusal';
import { textOf, type AnswerRow, type Step } from './rows';
import { Sources, sourcesOf } from './Sources';
import { ToolView } from './ToolView';

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
    case 'refusal':
      return <Refusal text={part.text} live={live} />;
    case 'provider_tool':
      return <ProviderTool tool={part} />;
    case 'file':
      return <FileView file={part} />;
    case 'tool_call':
      return <ToolView call={part} result={results.get(part.call_id)} />;
    default:
      // Sources are shown below the answer. A newer server may send more than this page understands.
      return null;
  }
}

export function AnswerView({ row, isLast }: { row: AnswerRow; isLast: boolean }) {
  const last = row.steps.at(-1);
  const message = last?.message;
  const text = row.steps.map((step) => textOf(step.parts)).filter(Boolean).join('\n\n');
  const end = message && endingOf(message);
  const sources = sourcesOf(row.steps.flatMap((step) => step.parts));
  const tokens = row.steps.reduce((sum, step) => sum + (step.message?.usage?.output_tokens ?? 0), 0);
  return (
    <article class={isLast ? 'answer last' : 'answer'} aria-label="Assistant" aria-busy={row.live}>
      {row.steps.map((step, index) => (
        <StepView key={step.generation} step={step} results={row.results} live={row.live && index === row.steps.length - 1} />
      ))}
      {sources.length > 0 && <Sources sources={sources} />}
      <div class={row.live ? 'actions hidden' : 'actions'}>
        {text !== '' && <CopyButton text={text} label="Copy answer" />}
        {end && <span class="end">{end}</span>}
        {message && <span class="meta">{[message.model, tokens > 0 && `${tokens} tokens`, timeOf(message.created_at)].filter(Boolean).join(' · ')}</span>}
      </div>
    </article>
  );
}

const timeOf = (time: string) => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
