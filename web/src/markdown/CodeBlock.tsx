import { useEffect, useState } from 'preact/hooks';
import { CopyButton } from '../ui/CopyButton';
import { highlight, wantHighlight } from './highlight';
import { sanitizeCode } from './sanitize';
import { startOf } from './start';

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const [whole, setWhole] = useState(false);
  useEffect(wantHighlight, []);
  const start = startOf(text);
  const shown = whole ? text : start;
  // Colouring holds the page up, and the more there is the longer.
  const html = language && shown === start ? highlight.value?.(shown, language.toLowerCase()) : undefined;
  return (
    <figure class="code">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton text={text} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={language ? `Code, ${language}` : 'Code'}>
        {html === undefined ? <code>{shown}</code> : <code dangerouslySetInnerHTML={{ __html: sanitizeCode(html) }} />}
      </pre>
      {shown.length < text.length && (
        <button type="button" class="button small show-all" onClick={() => setWhole(true)}>Show all of it</button>
      )}
    </figure>
  );
}
