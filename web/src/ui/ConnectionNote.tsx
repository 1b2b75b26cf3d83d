import { useEffect, useState } from 'preact/hooks';
import { current } from '../chat/current';
import { outbox } from '../chat/outbox';
import { listConnection } from '../chats/chatList';
import { Icon } from './Icon';
import { online } from './lifecycle';

/** A reconnection that takes no time needs no words. */
const patience = 1_000;

export function ConnectionNote() {
  const state = current.value?.connection.value ?? listConnection.value;
  const isCut = state === 'waiting' || (state === 'connecting' && (!online.value || current.value?.loading.value === 'ready'));
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
