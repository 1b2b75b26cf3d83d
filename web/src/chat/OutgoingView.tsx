import { online } from '../ui/online';
import { remove, retry, type Outgoing as Item } from './outbox';

export const Outgoing = ({ item }: { item: Item }) => (
  <article class="user outgoing" aria-label="You, on its way">
    <div class="bubble">{item.content}</div>
    {item.refused === undefined ? (
      <div class="sending" role="status">{online.value ? 'Sending…' : 'Kept until you are online'}</div>
    ) : (
      <div class="refused" role="alert">
        {item.refused} <button type="button" class="link" onClick={() => retry(item)}>Try again</button>{' '}
        <button type="button" class="link" onClick={() => remove(item.key)}>Discard</button>
      </div>
    )}
  </article>
);
