import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatStatus } from 'durablechat';
import { chats } from '../chats/chatList';
import { ChatMenu } from '../chats/ChatMenu';
import { announce } from '../ui/announce';
import { Header } from '../ui/Header';
import { Icon } from '../ui/Icon';
import { follow } from '../ui/router';
import { lastId } from 'durablechat';
import { isBusy } from './busy';
import { archive, stop } from './commands';
import { Composer } from './Composer';
import { lastQueuedId, outgoingOf, post, waitsInLine } from './outbox';
import { Queue } from './Queue';
import { endResumeDemo, resumeDemo } from './resumeDemo';
import { ResumeHint } from './ResumeHint';
import type { ChatSession } from './session';
import { Transcript } from './Transcript';

export function ChatPage({ session }: { session: ChatSession }) {
  const state = session.state.value;
  const loading = session.loading.value;
  const summary = chats.value.get(session.id);
  const title = state.title || summary?.title || '';
  const model = state.model || summary?.model;
  const archived = state.status ? state.archived : (summary?.archived ?? false);
  const busy = isBusy(state.status);
  const [editing, setEditing] = useState<number>();
  const [sent, setSent] = useState(0);
  const lastUser = state.messages.findLast((message) => message.role === 'user')?.id;
  useAnnouncements(state.status);
  useEffect(() => {
    document.title = title ? `${title} · DurableChat` : 'DurableChat';
  }, [title]);

  if (loading === 'not_found') return <NotFound />;
  return (
    <div class="page">
      <Header title={title || '\u00a0'} >
        <a class="icon-button only-phone" href="/" aria-label="New chat" onClick={follow}><Icon name="plus" /></a>
        <ChatMenu chat={{ id: session.id, title, archived }} />
      </Header>
      <Transcript session={session} editing={editing} onEdit={setEditing} sent={sent} />
      <div class="dock">
        <ResumeHint chat={session.id} status={state.status} />
        <Queue chat={session.id} queue={state.queue} outgoing={outgoingOf(session.id, state).filter((item) => waitsInLine(item, state.status))} />
        {archived ? (
          <div class="archived-note">
            <span>This chat is archived.</span>
            <button type="button" class="button small" onClick={() => void archive(session.id, false)}>Bring it back</button>
          </div>
        ) : (
          <Composer
            key={session.id}
            draft={session.id}
            busy={busy}
            autofocus
            tools={<span class="model-name">{model}</span>}
            onSend={(text, interrupt) => {
              if (resumeDemo.value.phase === 'resumed') endResumeDemo();
              // What goes into the line is seen there, so a reader may stay; what is answered next is seen at the end.
              if (!busy || interrupt) setSent(sent + 1);
              post(session.id, text, interrupt, lastId(state), lastQueuedId(state));
              return true;
            }}
            onStop={() => void stop(session.id)}
            {...(lastUser !== undefined && { onEditLast: () => setEditing(lastUser) })}
          />
        )}
      </div>
    </div>
  );
}

function useAnnouncements(status: ChatStatus | undefined): void {
  const before = useRef(status);
  useEffect(() => {
    const words = before.current === undefined || status === undefined || before.current === status ? undefined : announcement(before.current, status);
    if (words) announce(words);
    before.current = status;
  }, [status]);
}

function announcement(before: ChatStatus, now: ChatStatus): string | undefined {
  switch (now) {
    case 'running':
      return 'The answer begins';
    case 'waiting':
      return before === 'interrupting' ? 'The answer was stopped' : 'The answer is complete';
    case 'error':
      return 'The answer failed';
    case 'requires_action':
      return 'The answer waits for you';
    default:
      return undefined;
  }
}

function NotFound() {
  return (
    <div class="page">
      <Header title="No such chat" />
      <div class="welcome"><div class="welcome-inner">
        <h1>This chat is not here</h1>
        <p class="lead">It was deleted, or it belongs to somebody else.</p>
        <p><a class="button primary" href="/" onClick={follow}>Begin a new one</a></p>
      </div></div>
    </div>
  );
}
