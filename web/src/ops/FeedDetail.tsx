import { useEffect, useState } from 'preact/hooks';
import { feed as readFeed, Refused, type Feed, type FeedList } from './api';
import { bytes, count } from './format';
import { WindowBar } from './WindowBar';

/** One feed, read again with every reading of the list. */
export function FeedDetail({ chat, reading }: { chat: string; reading: FeedList }) {
  const [feed, setFeed] = useState<Feed | 'gone'>();
  useEffect(() => {
    readFeed(chat).then(setFeed, (error: unknown) => {
      if (error instanceof Refused && error.status === 404) setFeed('gone');
    });
  }, [chat, reading]);
  if (!feed) return null;
  if (feed === 'gone') return <p class="ops-empty">This chat is no longer in memory.</p>;
  const rows: [string, string][] = [
    ['Status', `${feed.status ?? 'not loaded'}${feed.synced ? '' : ', to be loaded again'}`],
    ['Version · epoch', `${count(feed.version)} · ${count(feed.epoch)}`],
    ['Head', `message ${count(feed.head_id)}`],
    ['Window', feed.window.count === 0 ? 'empty' : `${count(feed.window.count)} messages, ${feed.window.floor + 1} to ${feed.window.tail}, ${bytes(feed.window.bytes)}`],
    ['Answer in flight', feed.live ? `generation ${feed.live.generation}, part ${count(feed.live.last_seq)}, ${count(feed.live.chars)} characters` : 'none'],
    ['Lease', feed.lease ? `${feed.lease.replica}, token ${feed.lease.token}` : 'none'],
    ['Streams · pins', `${count(feed.subscribers)} · ${count(feed.pins)}`],
  ];
  return (
    <section class="feed-detail" aria-label={`Feed of ${chat}`}>
      <WindowBar feed={feed} />
      <dl>{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <h3>Cursors</h3>
      {feed.cursors.length === 0 ? <p class="ops-empty">Nobody follows this chat here.</p> : <ul class="cursors">{feed.cursors.map((cursor, index) => <li key={index}><code>{cursor}</code></li>)}</ul>}
    </section>
  );
}
