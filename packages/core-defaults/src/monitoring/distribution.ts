import { Histogram, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client';

/** How a distribution is made. */
interface DistributionConfiguration {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
  /** Upper bounds, ascending. */
  readonly buckets?: readonly number[] | undefined;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** How many values were at most as large as each bound and larger than the one before. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** A histogram that takes many equal values at once: prom-client's own takes them one by one. */
export class Distribution extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series: Map<string, Series> = new Map();

  constructor({ buckets = [], ...configuration }: DistributionConfiguration) {
    super({ ...configuration, buckets: [...buckets] });
    this.#name = configuration.name;
    this.#help = configuration.help;
    this.#bounds = buckets;
  }

  /** @throws Error for a value or a number of times that is not finite, or for a number below 0; nothing is added then. */
  add(labels: Readonly<Record<string, string>>, seen: ReadonlyMap<number, number>): void {
    for (const [value, times] of seen) {
      if (!Number.isFinite(value) || !(Number.isFinite(times) && times >= 0)) {
        throw new Error(`${this.#name} cannot take ${times} times ${value}`);
      }
    }
    const series = this.#seriesOf(labels);
    for (const [value, times] of seen) {
      const bucket = this.#bounds.findIndex((bound) => value <= bound);
      if (bucket !== -1) series.counts[bucket] = (series.counts[bucket] as number) + times;
      series.count += times;
      series.sum += value * times;
    }
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    // The type of the library is an enum that it does not export at run time, where it is this text.
    const type = 'histogram' as never;
    return { name: this.#name, help: this.#help, type, values, aggregator: 'sum', collect: () => {} };
  }

  /** What the registry asks a histogram for when it writes text. */
  async getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return await this.get();
  }

  #seriesOf(labels: Readonly<Record<string, string>>): Series {
    const key = Object.values(labels).join('\n');
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made: Series = { labels, counts: this.#bounds.map(() => 0), count: 0, sum: 0 };
    this.#series.set(key, made);
    return made;
  }

  #valuesOf({ labels, counts, count, sum }: Series): MetricValueWithName<string>[] {
    let below = 0;
    const buckets = this.#bounds.map((bound, index) => {
      below += counts[index] as number;
      return { labels: { ...labels, le: bound }, value: below, metricName: `${this.#name}_bucket` };
    });
    return [
      ...buckets,
      { labels: { ...labels, le: '+Inf' }, value: count, metricName: `${this.#name}_bucket` },
      { labels, value: sum, metricName: `${this.#name}_sum` },
      { labels, value: count, metricName: `${this.#name}_count` },
    ];
  }
}
