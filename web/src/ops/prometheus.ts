export interface Sample { name: string; labels: Readonly<Record<string, string>>; value: number }

export interface Bucket { le: number; count: number }

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

const numberOf = (text: string) => (text === '+Inf' ? Infinity : Number(text));

/** Reads Prometheus' text format, as far as the server writes it. */
export function parsePrometheus(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const row of text.split('\n')) {
    const found = row.startsWith('#') ? null : line.exec(row);
    if (!found) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(label)) labels[name!] = value!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    samples.push({ name: found[1]!, labels, value: numberOf(found[3]!) });
  }

  return samples;
}

/** All metrics at one moment. */
export class Scrape {
  readonly #byName = new Map<string, Sample[]>();

  constructor(samples: readonly Sample[], readonly time: number) {
    for (const sample of samples) {
      const list = this.#byName.get(sample.name);
      if (list) list.push(sample);
      else this.#byName.set(sample.name, [sample]);
    }
  }

  /** Whether the server measures this at all. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The sum over all label sets that have the given values. */
  sum(name: string, labels: Record<string, string> = {}): number {
    const wanted = Object.entries(labels);
    let sum = 0;
    for (const sample of this.#byName.get(name) ?? []) if (wanted.every(([key, value]) => sample.labels[key] === value)) sum += sample.value;
    return sum;
  }

  /** A histogram's cumulative buckets, added up over all label sets. */
  buckets(name: string): Bucket[] {
    const counts = new Map<number, number>();
    for (const sample of this.#byName.get(`${name}_bucket`) ?? []) {
      const le = numberOf(sample.labels['le'] ?? '+Inf');
      counts.set(le, (counts.get(le) ?? 0) + sample.value);
    }

    return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
  }
}
