import type { Token } from 'marked';
import { memo } from 'preact/compat';
import { blocksOf, renderBlock } from './blocks';
import { CodeBlock } from './CodeBlock';
import { sanitize } from './sanitize';

interface BlockProps { token: Token; tail: boolean }

// A reference that is defined below changes a block whose own text stays, so the parsed form is compared, not the text alone.
const sameBlock = (a: BlockProps, b: BlockProps) =>
  a.tail === b.tail && a.token.raw === b.token.raw && JSON.stringify(a.token) === JSON.stringify(b.token);

const BlockView = memo(({ token, tail }: BlockProps) => {
  const block = renderBlock(token);
  const className = tail ? 'block tail' : 'block';
  if (block.kind === 'code') return <CodeBlock text={block.text} language={block.language} />;
  return block.kind === 'plain' ? (
    <div class={`${className} plain`}>{block.text}</div>
  ) : (
    <div class={className} dangerouslySetInnerHTML={{ __html: sanitize(block.html) }} />
  );
}, sameBlock);

/** A text as Markdown; `live` shows that more is to come. */
export const Markdown = memo(({ text, live = false }: { text: string; live?: boolean }) => {
  const tokens = blocksOf(text);
  return (
    <div class={live ? 'markdown live' : 'markdown'}>
      {tokens.map((token, index) => (
        <BlockView key={index} token={token} tail={live && index === tokens.length - 1} />
      ))}
    </div>
  );
});
