import { useEffect } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import type { ChatStatus } from 'durablechat';
import { endResumeDemo, joinResumeDemo, resumeDemo } from './resumeDemo';

export function ResumeHint({ chat, status }: { chat: string; status: ChatStatus | undefined }) {
  useEffect(() => joinResumeDemo(chat), [chat]);
  const { phase, chat: shown } = resumeDemo.value;
  if (shown !== chat || phase === 'idle' || (phase === 'asking' && status !== 'running')) return null;
  return (
    <aside class="hint" aria-label="Try it">
      <Icon name="refresh" />
      {phase === 'asking' ? (
        <p><strong>Now reload this page.</strong> Press F5, or pull it down. The answer goes on meanwhile.</p>
      ) : (
        <p><strong>You reloaded in mid-answer.</strong> Not a word is lost or said twice. <a href={location.pathname} target="_blank" rel="noopener">Open a second tab</a>: both tell it together.</p>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={endResumeDemo}><Icon name="close" /></button>
    </aside>
  );
}
