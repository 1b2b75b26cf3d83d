import type { Feed } from './api';

const messageOf = (cursor: string) => Number(cursor.split('.')[1] ?? 0);

/** The history as a line: what of it is in memory, and how far each subscriber has got. */
export function WindowBar({ feed }: { feed: Feed }) {
  const head = Math.max(1, feed.head_id);
  const x = (id: number) => (100 * Math.min(id, head)) / head;
  const label = feed.window.count === 0 ? 'Nothing of the history is in memory' : `Messages ${feed.window.floor + 1} to ${feed.window.tail} of ${feed.head_id} are in memory`;
  return (
    <figure class="window-bar">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={label}>
        <rect class="history" x="0" y="3" width="100" height="4" />
        <rect class="held" x={x(feed.window.floor)} y="3" width={x(feed.window.tail) - x(feed.window.floor)} height="4" />
        {[...new Set(feed.cursors.map(messageOf))].map((id) => <line key={id} class="cursor" x1={x(id)} x2={x(id)} y1="0" y2="10" />)}
      </svg>
      <figcaption><span>1</span><span>{label}</span><span>{feed.head_id}</span></figcaption>
    </figure>
  );
}
