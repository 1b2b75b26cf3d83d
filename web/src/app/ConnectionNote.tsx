import { useEffect, useState } from 'preact/hooks';
import { current } from '../chat/current';
import { outbox } from '../chat/outbox';
import { listConnection } from '../chats/chatList';
import { Icon } from '../ui/Icon';
import { online } from '../ui/online';

/** A reconnection that takes no time needs no words. */
const patience = 1_000;

export function ConnectionNote() {
  const chat = current.value;
  const state = chat?.connection.value ?? listConnection.value;
  // A history that is read anew has lost nothing.
  const isBack = chat?.loading.value === 'ready' && !chat.state.value.stale;
  const isCut = state === 'lost' || (state === 'connecting' && (!online.value || isBack));
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!isCut) return setShown(false);
    const timer = setTimeout(() => setShown(true), patience);
    return () => clearTimeout(timer);
  }, [isCut]);
  if (!shown) return null;
  const waiting = outbox.value.some((item) => item.refused === undefined && item.messageId === undefined && item.queuedId === undefined);
  return (
    <div class="connection-note" role="status">
      <Icon name="offline" />
      <span>
        {online.value ? 'The connection is lost. Trying again…' : 'You are offline.'}
        {waiting && ' What you sent is kept and goes out as soon as it can.'}
      </span>
    </div>
  );
}
