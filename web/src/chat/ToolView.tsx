import type { ToolCallPart, ToolResultPart } from 'durablechat';
import { Icon } from '../ui/Icon';

/** JSON is easier to read with line breaks; what is no JSON is shown as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const stateOf = (result: ToolResultPart | undefined) => (!result ? 'running' : result.is_error ? 'failed' : 'done');

export function ToolView({ call, result }: { call: ToolCallPart; result: ToolResultPart | undefined }) {
  const state = stateOf(result);
  return (
    <details class={`fold tool ${state}`}>
      <summary>
        <Icon name="tool" />
        <span class={state === 'running' ? 'shimmer' : ''}>
          {state === 'running' ? 'Calling' : state === 'failed' ? 'Tool failed:' : 'Used'} <code>{call.name}</code>
        </span>
        <Icon name="chevron" />
      </summary>
      <div class="fold-body">
        <h3>Arguments</h3>
        <pre tabIndex={0}>{pretty(call.arguments)}</pre>
        {result && <><h3>{result.is_error ? 'Error' : 'Result'}</h3><pre tabIndex={0}>{pretty(result.result)}</pre></>}
      </div>
    </details>
  );
}
