import type { Bucket } from './prometheus';

/** What was counted between two readings of a histogram; all that `after` has if there is no earlier one. */
export function between(before: readonly Bucket[], after: readonly Bucket[]): Bucket[] {
  const earlier = new Map(before.map((bucket) => [bucket.le, bucket.count]));
  return after.map(({ le, count }) => ({ le, count: count - (earlier.get(le) ?? 0) }));
}

/** The value below which a share `q` lies, taken as evenly spread within its bucket; undefined if nothing was counted. */
export function quantile(q: number, buckets: readonly Bucket[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  let [low, below] = [0, 0];
  for (const { le, count } of buckets) {
    if (count >= rank && count > below) {
      // The last bucket has no upper bound; its lower one is all that is known.
      return Number.isFinite(le) ? low + ((le - low) * (rank - below)) / (count - below) : low;
    }

    [low, below] = [Number.isFinite(le) ? le : low, count];
  }

  return low;
}
