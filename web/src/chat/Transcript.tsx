import { useLayoutEffect, useRef } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { ErrorBoundary } from '../ui/ErrorBoundary';
import { Icon } from '../ui/Icon';
import { AnswerView } from './AnswerView';
import { plainOf, rowsOf, type Row } from './rows';
import type { ChatSession } from './session';
import { Tail } from './Tail';
import { UserView } from './UserView';
import { useStickToEnd } from './useStickToEnd';

interface Props { session: ChatSession; editing: number | undefined; onEdit: (id: number | undefined) => void; sent: number }

/** How near the oldest row that is loaded a reader may come before older ones are asked for. */
const nearTop = 1_500;

const none: readonly number[] = [];

export function Transcript({ session, editing, onEdit, sent }: Props) {
  const state = session.state.value;
  const rows = rowsOf(state);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const content = useRef<HTMLDivElement>(null);
  const ready = session.loading.value === 'ready';
  const edited = rows.findIndex((row) => row.kind === 'user' && row.message.id === editing);
  const { atEnd, stick, toEnd, onScroll } = useStickToEnd(scroller, content, ready, edited >= 0);

  const prepended = session.prepended.value;
  useLayoutEffect(() => {
    if (prepended) session.drawn();
  }, [prepended]);
  useLayoutEffect(() => {
    if (edited >= 0) list.current?.scrollToIndex(edited, { align: 'nearest' });
  }, [editing]);

  useLayoutEffect(() => {
    if (sent > 0) stick();
  }, [sent]);

  if (!ready) return <TranscriptSkeleton />;
  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={scroller}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        aria-busy={state.status === 'running'}
        tabIndex={0}
        onScroll={(event) => {
          onScroll();
          if (event.currentTarget.scrollTop < nearTop) session.readOlder();
        }}
      >
        <div class="transcript-content" ref={content}>
          {!state.hasOlder && <div class="transcript-top" />}
          <Virtualizer ref={list} scrollRef={scroller} shift={prepended} data={rows} bufferSize={600} keepMounted={edited >= 0 ? [edited] : none}>
            {(row: Row) => (
              <div class="row" key={row.key}>
                <ErrorBoundary text={plainOf(row)}>
                  {row.kind === 'user' ? (
                    <UserView session={session} row={row} editing={editing === row.message.id} onEdit={onEdit} />
                  ) : (
                    <AnswerView row={row} isLast={row === rows.at(-1)} />
                  )}
                </ErrorBoundary>
              </div>
            )}
          </Virtualizer>
          <div class="row"><Tail session={session} rows={rows} /></div>
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="to-end" aria-label="Go to the newest message" onClick={toEnd}><Icon name="down" /></button>
      )}
    </div>
  );
}

const TranscriptSkeleton = () => (
  <div class="transcript-frame">
    <div class="transcript skeleton-transcript" aria-busy="true" aria-label="Loading the conversation">
      <i class="w40 right" /><i class="w90" /><i class="w80" /><i class="w60" />
    </div>
  </div>
);
