import type { ToolCall } from 'durablechat';
import { Icon } from '../ui/Icon';
import { submitToolResult } from './commands';
import { draftIn } from './drafts';
import { useDraft } from './useDraft';

/** A call of a tool that lives with the client. This page has no such tools, so the person is asked. */
export function ToolForm({ chat, call }: { chat: string; call: ToolCall }) {
  const { text, change, sent } = useDraft(draftIn(chat, `tool/${call.call_id}`));
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (await submitToolResult(chat, call.call_id, text)) sent(text);
  }

  return (
    <form class="tool-form" onSubmit={(event) => void submit(event)}>
      <p><Icon name="tool" /> The model asks for <code>{call.name}</code></p>
      <pre tabIndex={0}>{call.arguments}</pre>
      <label class="field">Result<textarea rows={2} required value={text} onInput={(event) => change(event.currentTarget.value)} /></label>
      <div class="modal-actions"><button type="submit" class="button small primary">Send the result</button></div>
    </form>
  );
}
