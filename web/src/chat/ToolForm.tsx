import { useState } from 'preact/hooks';
import type { ToolCall } from '../api/types';
import { Icon } from '../ui/Icon';
import { submitToolResult } from './commands';

/** A call of a tool that lives with the client. This page has no such tools, so the person is asked. */
export function ToolForm({ chat, call }: { chat: string; call: ToolCall }) {
  const [result, setResult] = useState('');
  return (
    <form class="tool-form" onSubmit={(event) => { event.preventDefault(); void submitToolResult(chat, call.call_id, result); }}>
      <p><Icon name="tool" /> The model asks for <code>{call.name}</code></p>
      <pre tabIndex={0}>{call.arguments}</pre>
      <label class="field">Result<textarea rows={2} required value={result} onInput={(event) => setResult(event.currentTarget.value)} /></label>
      <div class="modal-actions"><button type="submit" class="button small primary">Send the result</button></div>
    </form>
  );
}
