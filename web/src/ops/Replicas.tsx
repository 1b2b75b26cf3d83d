import type { Replica, ReplicaList } from './api';
import { age, count } from './format';

/** A replica that was killed never leaves the list by itself; after this many seconds nobody looks for it any more. */
const remembered = 3_600;

const isShown = (replica: Replica) => replica.alive || replica.leases > 0 || replica.heartbeat_age_seconds < remembered;

/** The replicas of the cluster; a server on SQLite is the only one. */
export function Replicas({ list }: { list: ReplicaList | 'unknown' | undefined }) {
  if (!list) return null;
  return (
    <section class="ops-section" aria-labelledby="replicas">
      <h2 id="replicas">Replicas</h2>
      {list === 'unknown' ? <p class="ops-empty">The database, which knows them, does not answer just now.</p> : <Table list={list} />}
    </section>
  );
}

const Table = ({ list }: { list: ReplicaList }) => (
  <>
    <div class="table-frame" tabIndex={0} role="region" aria-labelledby="replicas">
      <table>
        <thead><tr><th>Replica</th><th>Address</th><th>State</th><th class="number">Last heartbeat</th><th class="number">Chats driven</th></tr></thead>
        <tbody>
          {list.replicas.filter(isShown).map((replica) => <Row key={replica.id} replica={replica} isThis={replica.id === list.replica} />)}
        </tbody>
      </table>
    </div>
    <p class="ops-note">A replica whose heartbeat is older than {count(list.lease_seconds)} s is taken to be dead, and others take its chats. Figures, plots and feeds are those of this one.</p>
  </>
);

const Row = ({ replica, isThis }: { replica: Replica; isThis: boolean }) => (
  <tr class={isThis ? 'chosen' : ''}>
    <td><code>{replica.id}</code>{isThis && ' (this one)'}</td>
    <td>{replica.address ? <code>{replica.address}</code> : '–'}</td>
    <td><span class={replica.alive ? 'state alive' : 'state silent'}>{replica.alive ? 'alive' : 'silent'}</span></td>
    <td class="number">{age(replica.heartbeat_age_seconds)}</td>
    <td class="number">{count(replica.leases)}</td>
  </tr>
);
