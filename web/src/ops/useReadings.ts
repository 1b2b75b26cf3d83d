import { useEffect, useState } from 'preact/hooks';
import { feeds, Refused, replicas, scrape, type FeedList, type ReplicaList } from './api';
import { point, totals, type Point, type Totals } from './figures';
import type { Scrape } from './prometheus';

const every = 2_000;
const kept = 150;
const longWhile = 15;

export interface Readings { points: readonly Point[]; totals: Totals | undefined; feeds: FeedList | undefined; replicas: ReplicaList | 'unknown' | undefined; problem: 'forbidden' | 'unreachable' | undefined }

/** Reads the server's figures again and again while the page is looked at. */
export function useReadings(): Readings {
  const [readings, setReadings] = useState<Readings>({ points: [], totals: undefined, feeds: undefined, replicas: undefined, problem: undefined });
  useEffect(() => {
    const scrapes: Scrape[] = [];
    const points: Point[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    async function read(): Promise<void> {
      try {
        // One after the other: without the role there is one refusal to show, not two.
        const list = await feeds();
        // The replica has its own figures even while the database, which knows the others, is away.
        const [now, cluster] = await Promise.all([scrape(), replicas().catch(() => 'unknown' as const)]);
        points.push(point(now, scrapes.at(-1), scrapes.at(-longWhile) ?? scrapes[0]));
        scrapes.push(now);
        if (scrapes.length > longWhile) scrapes.shift();
        if (points.length > kept) points.shift();
        if (!ended) setReadings({ points: [...points], totals: totals(now), feeds: list, replicas: cluster, problem: undefined });
      } catch (error) {
        const forbidden = error instanceof Refused && error.status === 403;
        if (!ended) setReadings((before) => ({ ...before, problem: forbidden ? 'forbidden' : 'unreachable' }));
        if (forbidden) return;
      }

      if (!ended) timer = setTimeout(() => void next(), every);
    }

    async function next(): Promise<void> {
      if (document.hidden) timer = setTimeout(() => void next(), every);
      else await read();
    }

    void read();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, []);
  return readings;
}
