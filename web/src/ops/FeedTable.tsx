import { useState } from 'preact/hooks';
import type { FeedList } from './api';
import { FeedDetail } from './FeedDetail';
import { bytes, count } from './format';

export function FeedTable({ list }: { list: FeedList | undefined }) {
  const [chosen, setChosen] = useState<string>();
  if (!list) return null;
  return (
    <section class="ops-section" aria-labelledby="feeds">
      <h2 id="feeds">Feeds</h2>
      {list.feeds.length === 0 ? (
        <p class="ops-empty">No chat is in memory. One comes when somebody opens it, and goes a minute after the last one left.</p>
      ) : (
        <div class="table-frame" tabIndex={0} role="region" aria-labelledby="feeds">
          <table>
            <thead><tr><th>Chat</th><th>Status</th><th class="number">Streams</th><th class="number">Head</th><th>Window</th><th class="number">Memory</th><th class="number">Idle</th></tr></thead>
            <tbody>
              {list.feeds.map((feed) => (
                <tr key={feed.chat_id} class={feed.chat_id === chosen ? 'chosen' : ''}>
                  <td>
                    <button type="button" class="link code" aria-expanded={feed.chat_id === chosen} onClick={() => setChosen(feed.chat_id === chosen ? undefined : feed.chat_id)}>
                      {feed.chat_id}
                    </button>
                  </td>
                  <td>{feed.status ?? 'not loaded'}</td>
                  <td class="number">{feed.subscribers}</td>
                  <td class="number">{count(feed.head_id)}</td>
                  <td>{feed.window.count === 0 ? 'empty' : `${feed.window.floor + 1}–${feed.window.tail}`}</td>
                  <td class="number">{bytes(feed.bytes)}</td>
                  <td class="number">{count(feed.idle_seconds)} s</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen && <FeedDetail key={chosen} chat={chosen} reading={list} />}
    </section>
  );
}
