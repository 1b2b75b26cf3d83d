import { useEffect, useRef, useState } from 'preact/hooks';
import { CopyButton } from '../ui/CopyButton';
import { Icon } from '../ui/Icon';
import { nextFrame } from '../ui/nextFrame';
import { focusComposer } from '../ui/shortcuts';
import { edit } from './commands';
import { draftIn } from './drafts';
import type { UserRow } from './rows';
import type { ChatSession } from './session';
import { useDraft } from './useDraft';

interface Props { session: ChatSession; row: UserRow; editing: boolean; onEdit: (id: number | undefined) => void }

export function UserView({ session, row, editing, onEdit }: Props) {
  if (editing) return <Editor session={session} row={row} onDone={() => { onEdit(undefined); focusComposer(); }} />;
  return (
    <article class="user" aria-label="You">
      <div class="bubble">{row.text}</div>
      <div class="actions">
        <CopyButton text={row.text} label="Copy message" />
        {!session.state.value.archived && (
          <button type="button" class="icon-button" aria-label="Edit message" title="Edit: what followed goes, and it is answered anew" onClick={() => onEdit(row.message.id)}>
            <Icon name="edit" />
          </button>
        )}
      </div>
    </article>
  );
}

function Editor({ session, row, onDone }: { session: ChatSession; row: UserRow; onDone: () => void }) {
  const { text, change, sent } = useDraft(draftIn(session.id, `edit/${row.message.id}`), row.text);
  const [saving, setSaving] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = area.current!;
    element.focus({ preventScroll: true });
    element.setSelectionRange(text.length, text.length);
    // The row is taller now; only after it has been laid out anew is there a place to scroll to.
    nextFrame(() => element.form?.scrollIntoView({ block: 'nearest' }));
  }, []);

  async function save(): Promise<void> {
    if (text.trim() === '' || saving) return;
    setSaving(true);
    if (await edit(session.id, row.message.id, text.trim())) {
      sent(text);
      onDone();
    } else setSaving(false);
  }

  function cancel(): void {
    change(row.text);
    onDone();
  }

  return (
    <form class="user editor" aria-label="Edit message" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <textarea
        ref={area}
        aria-label="Message"
        rows={Math.min(12, text.split('\n').length + 1)}
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Escape') {
            event.preventDefault();
            cancel();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            void save();
          }
        }}
      />
      <div class="editor-actions">
        <span>What followed goes, and it is answered anew.</span>
        <button type="button" class="button small" onClick={cancel}>Cancel</button>
        <button type="submit" class="button small primary" disabled={saving || text.trim() === ''}>Send</button>
      </div>
    </form>
  );
}
