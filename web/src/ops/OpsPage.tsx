import { useEffect } from 'preact/hooks';
import { Header } from '../ui/Header';
import { Icon } from '../ui/Icon';
import { FeedTable } from './FeedTable';
import { bytes, count, decimal, duration, percent, rate } from './format';
import './ops.css';
import { Plot } from './Plot';
import { Replicas } from './Replicas';
import { useReadings } from './useReadings';

const whole = (value: number | null | undefined) => count(value ?? undefined);
const size = (value: number | null | undefined) => bytes(value == null ? undefined : value * 1_024);

export function OpsPage() {
  const { points, totals, feeds, replicas, problem } = useReadings();
  useEffect(() => {
    document.title = 'Operations · DurableChat';
  }, []);
  if (problem === 'forbidden') return <Forbidden />;
  const tiles: [string, string, string][] = [
    ['Open streams', count(totals?.streams), `${count(totals?.turnsActive)} turns running`],
    ['Turns ended', count(totals?.turns), `${count(totals?.failed)} failed · ${count(totals?.takeovers)} taken over`],
    ['Answered by the window', percent(totals?.hitShare), `${count(totals?.hits)} hits · ${count(totals?.misses)} misses · ${count(totals?.inline)} inline`],
    ['Rereads per turn', decimal(totals?.rereadsPerTurn), 'reads of streams after their snapshot'],
    ['Statements per turn', decimal(totals?.statementsPerTurn), `of commits · ${count(totals?.conflicts)} conflicts`],
    ['Leases without a run', count(totals?.leasesWithoutRun), `${count(totals?.feedsInDoubt)} feeds in doubt · oldest turn ${count(totals && Math.round(totals.oldestTurn))} s`],
    ['Held in memory', bytes(totals?.feedBytes), `${count(totals?.feeds)} feeds`],
  ];
  const pooled = totals?.poolInUse !== undefined;
  if (pooled) tiles.push(['Connections in use', count(totals.poolInUse), `of ${count(totals.poolMax)} · ${count(totals.poolPeak)} at most so far`]);
  return (
    <div class="page">
      <Header title="Operations" detail={problem === 'unreachable' ? 'not reachable' : 'live, every 2 s'} />
      <div class="ops" tabIndex={0} role="region" aria-label="Figures">
        <dl class="tiles">
          {tiles.map(([name, value, detail]) => (
            <div class="tile" key={name}><dt>{name}</dt><dd><b>{value}</b><span>{detail}</span></dd></div>
          ))}
        </dl>
        <div class="plots">
          <Plot title="Streams and turns" points={points} format={whole} lines={[{ key: 'streams', name: 'streams', color: 1 }, { key: 'turns', name: 'turns', color: 2 }]} />
          <Plot title="Deliveries" points={points} format={rate} lines={[{ key: 'deliveries', name: 'events', color: 1 }]} />
          <Plot title="Durable window" points={points} format={rate} lines={[{ key: 'hits', name: 'hits', color: 1 }, { key: 'misses', name: 'misses', color: 3 }, { key: 'inline', name: 'inline', color: 4 }, { key: 'rereads', name: 'rereads', color: 2 }]} />
          <Plot title="Database" points={points} format={rate} lines={[{ key: 'statements', name: 'statements', color: 1 }, { key: 'commits', name: 'commits', color: 2 }]} />
          {pooled && <Plot title="Connections" points={points} format={whole} lines={[{ key: 'poolInUse', name: 'in use', color: 1 }, { key: 'poolPeak', name: 'most so far', color: 2 }]} />}
          <Plot title="Commit" points={points} format={duration} lines={[{ key: 'commit50', name: 'p50', color: 1 }, { key: 'commit99', name: 'p99', color: 2 }]} />
          <Plot title="Commit to delivery" points={points} format={duration} lines={[{ key: 'delivery50', name: 'p50', color: 1 }, { key: 'delivery99', name: 'p99', color: 2 }]} />
          <Plot title="First part of an answer" points={points} format={duration} lines={[{ key: 'first50', name: 'p50', color: 1 }, { key: 'first99', name: 'p99', color: 2 }]} />
          <Plot title="Memory of feeds" points={points} format={size} lines={[{ key: 'feedBytes', name: 'held', color: 1 }]} />
        </div>
        <Replicas list={replicas} />
        <FeedTable list={feeds} />
      </div>
    </div>
  );
}

const Forbidden = () => (
  <div class="page">
    <Header title="Operations" />
    <div class="welcome"><div class="welcome-inner">
      <span class="try-icon centred"><Icon name="key" /></span>
      <h1>For operators</h1>
      <p class="lead">Your token has no operator role. Whoever runs the server sets <code>Operator</code> beside it in the configuration.</p>
    </div></div>
  </div>
);
