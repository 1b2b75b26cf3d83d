import { Icon } from '../ui/Icon';
import { edit } from './commands';
import { Outgoing } from './OutgoingView';
import { outgoingOf, waitsInLine } from './outbox';
import { RetryNote } from './RetryNote';
import type { Row } from './rows';
import type { ChatSession } from './session';
import { ToolForm } from './ToolForm';

/** What comes below the newest row: what is on its way, and what the chat waits for. */
export function Tail({ session, rows }: { session: ChatSession; rows: readonly Row[] }) {
  const state = session.state.value;
  const outgoing = outgoingOf(session.id, state).filter((item) => !waitsInLine(item, state.status));
  const lastUser = rows.findLast((row) => row.kind === 'user');
  const isThinking = (state.status === 'running' || state.status === 'interrupting') && state.preview === undefined && state.retry === undefined;
  return (
    <>
      {state.error && (
        <div class="turn-error" role="alert">
          <Icon name="warning" />
          <div>
            <strong>{state.error.message}</strong>
            <span class="code">{state.error.code}</span>
          </div>
          {lastUser && (
            <button type="button" class="button small" onClick={() => void edit(session.id, lastUser.message.id, lastUser.text)}>
              <Icon name="refresh" /> Try again
            </button>
          )}
        </div>
      )}
      {outgoing.map((item) => <Outgoing key={item.key} item={item} />)}
      {state.retry && <RetryNote retry={state.retry} />}
      {isThinking && <div class="answer working" aria-label="Waiting for the answer"><i /><i /><i /></div>}
      {state.toolCalls.map((call) => <ToolForm key={call.call_id} chat={session.id} call={call} />)}
    </>
  );
}
