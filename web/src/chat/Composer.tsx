import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { hasKeyboard } from '../ui/shortcuts';
import { useDraft } from './useDraft';

interface Props {
  draft: string;
  busy: boolean;
  onSend: (text: string, interrupt: boolean) => Promise<boolean> | boolean;
  onStop?: () => void;
  onEditLast?: () => void;
  autofocus?: boolean;
  disabled?: string | undefined;
  tools?: ComponentChildren;
}

function fit(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

export function Composer({ draft, busy, onSend, onStop, onEditLast, autofocus = false, disabled, tools }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { text, change, sent } = useDraft(draft);
  const [sending, setSending] = useState(false);

  useLayoutEffect(() => fit(area.current!), [text]);
  // At once: a little later it would take the focus from where somebody has put it meanwhile.
  useLayoutEffect(() => {
    if (autofocus && hasKeyboard()) area.current!.focus({ preventScroll: true });
  }, []);

  async function send(interrupt: boolean): Promise<void> {
    const content = text.trim();
    if (content === '' || sending || disabled !== undefined) return;
    setSending(true);
    const taken = await onSend(content, interrupt);
    setSending(false);
    if (taken) sent(text);
  }

  function press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && (hasKeyboard() || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send(busy && (event.ctrlKey || event.metaKey));
    } else if (event.key === 'ArrowUp' && text === '' && onEditLast) {
      event.preventDefault();
      onEditLast();
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send(false);
      }}
    >
      <div class="composer-box" onClick={(event) => event.target === event.currentTarget && area.current!.focus()}>
        <label class="visually-hidden" for="composer">Message</label>
        <textarea
          id="composer"
          ref={area}
          rows={1}
          value={text}
          disabled={disabled !== undefined}
          placeholder={disabled ?? (busy ? 'Send something for when it is done' : 'Write a message')}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={press}
        />
        <div class="composer-tools">
          {tools}
          <span class="spacer" />
          {busy && text.trim() !== '' && (
            <button type="button" class="button ghost small" title="Ctrl Enter" onClick={() => void send(true)}><Icon name="bolt" /> Send now</button>
          )}
          {busy && onStop && (
            <button type="button" class="round stop" aria-label="Stop the answer" title="Stop (Esc)" onClick={onStop}><Icon name="stop" /></button>
          )}
          {(!busy || text.trim() !== '') && (
            <button type="submit" class="round send" aria-label={busy ? 'Add to the queue' : 'Send'} title={busy ? 'Add to the queue (Enter)' : 'Send (Enter)'} disabled={text.trim() === '' || sending}>
              <Icon name={busy ? 'queue' : 'up'} />
            </button>
          )}
        </div>
      </div>
    </form>
  );
}
