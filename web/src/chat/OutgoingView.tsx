import { online } from '../ui/lifecycle';
import { flush, outbox, remove, type Outgoing as Item } from './outbox';

function again(item: Item): void {
  const { refused: _, ...rest } = item;
  outbox.value = outbox.value.map((other) => (other.key === item.key ? rest : other));
  void flush();
}

export const Outgoing = ({ item }: { item: Item }) => (
  <article class="user outgoing" aria-label="You, on its way">
    <div class="bubble">{item.content}</div>
    {item.refused === undefined ? (
      <div class="sending" role="status">{online.value ? 'Sending…' : 'Kept until you are online'}</div>
    ) : (
      <div class="refused" role="alert">
        {item.refused} <button type="button" class="link" onClick={() => again(item)}>Try again</button>{' '}
        <button type="button" class="link" onClick={() => remove(item.key)}>Discard</button>
      </div>
    )}
  </article>
);
