import { useRef, useState } from 'preact/hooks';
import { readDraft, writeDraft } from './drafts';

interface Draft { text: string; change: (value: string) => void; sent: (value: string) => void }

/** Text that outlives the field it is typed in. `usual` is what the field holds before anybody types. */
export function useDraft(name: string, usual = ''): Draft {
  const [text, setText] = useState(() => readDraft(name) || usual);
  const latest = useRef(text);

  function show(value: string): void {
    latest.current = value;
    setText(value);
  }

  function change(value: string): void {
    show(value);
    writeDraft(name, value === usual ? '' : value);
  }

  /** Forgets what has been sent. What was typed meanwhile stays, here and in another tab, which has the same place to keep it. */
  function sent(value: string): void {
    if (readDraft(name) === value) writeDraft(name, '');
    if (latest.current === value) show(usual);
  }

  return { text, change, sent };
}
