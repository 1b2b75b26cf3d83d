import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';

/** One message that cannot be drawn is shown as plain text, and takes nothing else along. */
export function ErrorBoundary({ text, children }: { text: string; children: ComponentChildren }) {
  const [error] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <article class="undrawn">
      <p role="note">This message could not be formatted.</p>
      <pre>{text}</pre>
    </article>
  );
}
