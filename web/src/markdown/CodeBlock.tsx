import { useEffect } from 'preact/hooks';
import { CopyButton } from '../ui/CopyButton';
import { highlight, wantHighlight } from './highlight';
import { sanitizeCode } from './sanitize';

export function CodeBlock({ text, language }: { text: string; language: string }) {
  useEffect(wantHighlight, []);
  const html = language ? highlight.value?.(text, language.toLowerCase()) : undefined;
  return (
    <figure class="code">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton text={text} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={language ? `Code, ${language}` : 'Code'}>
        {html === undefined ? <code>{text}</code> : <code dangerouslySetInnerHTML={{ __html: sanitizeCode(html) }} />}
      </pre>
    </figure>
  );
}
