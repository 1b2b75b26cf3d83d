import type { FeedList } from './api';
import type { Totals } from './figures';
import { bytes, count } from './format';

/** The replicas of the cluster; a server on SQLite is the only one. */
export function Replicas({ list, totals }: { list: FeedList | undefined; totals: Totals | undefined }) {
  if (!list || !totals) return null;
  return (
    <section class="ops-section" aria-labelledby="replicas">
      <h2 id="replicas">Replicas</h2>
      <div class="table-frame" tabIndex={0} role="region" aria-labelledby="replicas">
        <table>
          <thead><tr><th>Replica</th><th class="number">Leases</th><th class="number">Streams</th><th class="number">Feeds</th><th class="number">Memory</th><th class="number">Taken over</th></tr></thead>
          <tbody>
            <tr>
              <td><code>{list.replica}</code></td>
              <td class="number">{count(totals.turnsActive)}</td>
              <td class="number">{count(totals.streams)}</td>
              <td class="number">{count(list.count)}</td>
              <td class="number">{bytes(list.bytes)}</td>
              <td class="number">{count(totals.takeovers)}</td>
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}
