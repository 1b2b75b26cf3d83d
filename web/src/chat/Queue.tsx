import type { QueuedMessage } from 'durablechat';
import { Icon } from '../ui/Icon';
import { focusComposer, hasKeyboard } from '../ui/shortcuts';
import { deleteQueued, promoteQueued } from './commands';
import type { Outgoing } from './outbox';

interface Props { chat: string; queue: readonly QueuedMessage[]; outgoing: readonly Outgoing[] }

/** The button that was pressed goes with its message, and the focus with it, unless it is put somewhere. */
async function leave(act: Promise<boolean>): Promise<void> {
  if ((await act) && hasKeyboard()) focusComposer();
}

export function Queue({ chat, queue, outgoing }: Props) {
  const count = queue.length + outgoing.length;
  if (count === 0) return null;
  return (
    <section class="queue" aria-label="Queue">
      <h2>Next{count > 1 ? ` · ${count}` : ''}</h2>
      <ol>
        {queue.map((item) => (
          <li key={item.id}>
            <span class="queued-text">{item.content}</span>
            {item.urgent && <span class="badge">goes first</span>}
            <button type="button" class="icon-button" aria-label={`Run now: ${item.content}`} title="Run now: stops the answer" onClick={() => void leave(promoteQueued(chat, item.id))}><Icon name="bolt" /></button>
            <button type="button" class="icon-button" aria-label={`Delete from the queue: ${item.content}`} title="Delete" onClick={() => void leave(deleteQueued(chat, item.id))}><Icon name="trash" /></button>
          </li>
        ))}
        {outgoing.map((item) => (
          <li key={item.key} class="pending"><span class="queued-text">{item.content}</span><span class="badge">sending</span></li>
        ))}
      </ol>
    </section>
  );
}
