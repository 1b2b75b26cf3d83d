import type { Scrape } from './prometheus';
import { between, quantile } from './quantile';

const metric = (name: string) => `durablechat_${name}`;

/** Reads of messages that an open stream caused after its first snapshot. */
const rereads = (scrape: Scrape) =>
  scrape.sum(metric('message_reads_total'), { reason: 'catch_up' }) + scrape.sum(metric('message_reads_total'), { reason: 'full_refresh' });

const rate = (now: Scrape, before: Scrape | undefined, of: (scrape: Scrape) => number): number | undefined =>
  before && now.time > before.time ? Math.max(0, of(now) - of(before)) / ((now.time - before.time) / 1_000) : undefined;

const ratio = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

const milliseconds = (now: Scrape, before: Scrape | undefined, name: string, q: number): number | undefined => {
  // Against nothing it would be of all that happened since the server started, and set the scale for everything after.
  const seconds = before && quantile(q, between(before.buckets(metric(name)), now.buckets(metric(name))));
  return seconds === undefined ? undefined : seconds * 1_000;
};

/** Numbers since the start of the server. */
export function totals(now: Scrape) {
  const turns = now.sum(metric('turns_total'));
  const [hits, misses] = [now.sum(metric('window_hits_total')), now.sum(metric('window_misses_total'))];
  return {
    streams: now.sum(metric('streams_active')),
    turnsActive: now.sum(metric('turns_active')),
    turns,
    failed: now.sum(metric('turns_total'), { outcome: 'failed' }),
    feeds: now.sum(metric('feeds_active')),
    feedBytes: now.sum(metric('feeds_bytes')),
    hits,
    misses,
    inline: now.sum(metric('notifications_inline_total')),
    hitShare: ratio(hits, hits + misses),
    rereadsPerTurn: ratio(rereads(now), turns),
    statementsPerTurn: ratio(now.sum(metric('store_statements_total'), { operation: 'commit' }), turns),
    takeovers: now.sum(metric('takeovers_total')),
    leasesWithoutRun: now.sum(metric('leases_without_run')),
    feedsInDoubt: now.sum(metric('feeds_in_doubt')),
    oldestTurn: now.sum(metric('turns_oldest_age_seconds')),
    poolInUse: now.has(metric('store_pool_max')) ? now.sum(metric('store_pool_in_use')) : undefined,
    poolPeak: now.sum(metric('store_pool_peak')),
    poolMax: now.sum(metric('store_pool_max')),
    conflicts: now.sum(metric('store_commits_total'), { result: 'conflict' }),
  };
}

/** One point of every plot: rates since the reading before, latencies over a longer while so that they are steady. */
export function point(now: Scrape, before: Scrape | undefined, longBefore: Scrape | undefined) {
  return {
    time: now.time / 1_000,
    streams: now.sum(metric('streams_active')),
    turns: now.sum(metric('turns_active')),
    deliveries: rate(now, before, (scrape) => scrape.sum(metric('deliveries_total'))),
    hits: rate(now, before, (scrape) => scrape.sum(metric('window_hits_total'))),
    misses: rate(now, before, (scrape) => scrape.sum(metric('window_misses_total'))),
    inline: rate(now, before, (scrape) => scrape.sum(metric('notifications_inline_total'))),
    rereads: rate(now, before, rereads),
    statements: rate(now, before, (scrape) => scrape.sum(metric('store_statements_total'))),
    commits: rate(now, before, (scrape) => scrape.sum(metric('store_commits_total'))),
    poolInUse: now.sum(metric('store_pool_in_use')),
    poolPeak: now.sum(metric('store_pool_peak')),
    feedBytes: now.sum(metric('feeds_bytes')) / 1_024,
    commit50: milliseconds(now, longBefore, 'store_commit_duration_seconds', 0.5),
    commit99: milliseconds(now, longBefore, 'store_commit_duration_seconds', 0.99),
    delivery50: milliseconds(now, longBefore, 'commit_to_delivery_seconds', 0.5),
    delivery99: milliseconds(now, longBefore, 'commit_to_delivery_seconds', 0.99),
    first50: milliseconds(now, longBefore, 'generation_first_part_seconds', 0.5),
    first99: milliseconds(now, longBefore, 'generation_first_part_seconds', 0.99),
  };
}

export type Totals = ReturnType<typeof totals>;
export type Point = ReturnType<typeof point>;
