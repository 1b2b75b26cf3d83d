import { expect, test } from 'vitest';
import { point, totals } from './figures';
import { parsePrometheus, Scrape } from './prometheus';
import { between, quantile } from './quantile';

const text = `# HELP x y
durablechat_turns_total{otel_scope_name="D",outcome="finished"} 8
durablechat_turns_total{otel_scope_name="D",outcome="failed"} 2
durablechat_message_reads_total{reason="catch_up",route="stream"} 4
durablechat_message_reads_total{reason="full_refresh",route="stream"} 1
durablechat_message_reads_total{reason="history",route="messages"} 100
durablechat_window_hits_total 99
durablechat_window_misses_total 1
durablechat_deliveries_total 50
durablechat_notifications_inline_total 7
odd{a="q\\"uo,te} {",b="2"} 1.5e-3 1700000000
durablechat_store_commit_duration_seconds_bucket{le="0.001"} 50
durablechat_store_commit_duration_seconds_bucket{le="0.01"} 100
durablechat_store_commit_duration_seconds_bucket{le="+Inf"} 100
`;

const at = (time: number, from = text) => new Scrape(parsePrometheus(from), time);

test('the text is read, labels with quotes and all', () => {
  expect(parsePrometheus(text).find((sample) => sample.name === 'odd')).toEqual({ name: 'odd', labels: { a: 'q"uo,te} {', b: '2' }, value: 0.0015 });
  expect(at(0).sum('durablechat_turns_total')).toBe(10);
  expect(at(0).sum('durablechat_turns_total', { outcome: 'failed' })).toBe(2);
});

test('the figures count what they say', () => {
  expect(totals(at(0))).toMatchObject({ turns: 10, failed: 2, hitShare: 0.99, inline: 7, rereadsPerTurn: 0.5 });
  expect(totals(at(0)).poolInUse).toBeUndefined();
  expect(totals(at(0, `${text}durablechat_store_pool_max 20\ndurablechat_store_pool_in_use 3\n`))).toMatchObject({ poolInUse: 3, poolMax: 20 });
});

test('rates are of the time between two readings', () => {
  const later = at(2_000, text.replace('deliveries_total 50', 'deliveries_total 70'));
  expect(point(later, at(0), undefined)).toMatchObject({ deliveries: 10, hits: 0 });
  expect(point(later, undefined, undefined).deliveries).toBeUndefined();
});

test('latencies are of the time between two readings, and the first has none', () => {
  const later = at(2_000, text.replaceAll(/_bucket\{(.*)\} (\d+)/g, (_, labels: string, count: string) => `_bucket{${labels}} ${2 * Number(count)}`));
  expect(point(later, undefined, undefined).commit50).toBeUndefined();
  expect(point(later, at(0), at(0)).commit50).toBeCloseTo(1);
});

test('percentiles lie within their bucket', () => {
  const buckets = at(0).buckets('durablechat_store_commit_duration_seconds');
  expect(quantile(0.5, buckets)).toBeCloseTo(0.001);
  expect(quantile(0.75, buckets)).toBeCloseTo(0.0055);
  expect(quantile(0.99, [{ le: 1, count: 0 }, { le: Infinity, count: 5 }])).toBe(1);
  expect(quantile(0.5, between(buckets, buckets))).toBeUndefined();
});
