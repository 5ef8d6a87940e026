import type { Instrument, Labels } from '@quantumtrade/core-traits';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Distribution } from './distribution.ts';

/** Seconds. From a cached read to a slow vendor. */
const timingBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Instruments that turn up undeclared beyond this number are refused: names made at run time would grow for ever. */
const mostLateInstruments = 100;

/** Counters with more series than this appear with their first event. */
const mostSeriesFromTheStart = 200;

/** The label value that everything undeclared is counted under. */
const overflow = 'other';

type Metric =
  | { readonly kind: 'gauge'; readonly metric: Gauge }
  | { readonly kind: 'counter'; readonly metric: Counter }
  | { readonly kind: 'timing'; readonly metric: Histogram }
  | { readonly kind: 'distribution'; readonly metric: Distribution };

interface Registered {
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
  readonly recorder: Metric;
  /** The series so far, where the declared values allow more of them than the cap; `undefined` where they do not. */
  readonly series: Set<string> | undefined;
}

/** Instruments in a registry of their own, which shares nothing with a host's metrics. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registered = new Map<string, Registered>();
  readonly #maxSeries: number;
  #late = 0;

  /**
   * `maxSeries` is how many series one instrument may have beside the one that takes what is more; `ofProcess` adds what
   * Node and the operating system know about this process.
   */
  constructor({ maxSeries, ofProcess = false }: { readonly maxSeries: number; readonly ofProcess?: boolean }) {
    this.#maxSeries = maxSeries;
    if (ofProcess) collectDefaultMetrics({ register: this.#registry });
  }

  /** @throws Error when the name or a label is no Prometheus name, or another kind of instrument has the name. */
  declare(instrument: Instrument): void {
    const found = this.#registered.get(instrument.name);
    if (found === undefined) this.#registered.set(instrument.name, this.#register(instrument));
    else if (found.recorder.kind !== instrument.kind) {
      throw new Error(`instrument ${instrument.name} is already declared as a ${found.recorder.kind}`);
    }
  }

  /**
   * Records a value, after declaring the instrument where nobody has.
   *
   * @throws Error when the instrument cannot be declared or the value is none it can take.
   */
  record(instrument: Instrument, value: number, labels: Labels = {}): void {
    if (!Number.isFinite(value)) throw new Error(`${instrument.name} cannot take ${value}`);
    const registered = this.#registeredFor(instrument);
    const { recorder } = registered;
    const safe = this.#bounded(registered, labels);
    if (recorder.kind === 'distribution') recorder.metric.add(safe, new Map([[value, 1]]));
    else if (recorder.kind === 'counter') recorder.metric.inc(safe, value);
    else if (recorder.kind === 'gauge') recorder.metric.set(safe, value);
    else recorder.metric.observe(safe, value / 1_000);
  }

  /**
   * Adds values to a distribution, each with how often it was seen.
   *
   * @throws Error when the instrument is none or cannot be declared, or a value or number is none it can take.
   */
  distribute(instrument: Instrument, seen: ReadonlyMap<number, number>, labels: Labels = {}): void {
    const registered = this.#registeredFor(instrument);
    const { recorder } = registered;
    if (recorder.kind !== 'distribution') throw new Error(`${instrument.name} is a ${recorder.kind}`);
    recorder.metric.add(this.#bounded(registered, labels), seen);
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The labels with declared values only, or those of the overflow series when the instrument has series enough. */
  #bounded({ values, series }: Registered, labels: Labels): Record<string, string> {
    const bounded = boundedLabels(values, labels);
    if (series === undefined) return bounded;
    const key = Object.values(bounded).join('\n');
    if (series.has(key) || Object.values(bounded).every((value) => value === overflow)) return bounded;
    if (series.size >= this.#maxSeries) return boundedLabels(values, {});
    series.add(key);
    return bounded;
  }

  #registeredFor(instrument: Instrument): Registered {
    if (!this.#registered.has(instrument.name) && ++this.#late > mostLateInstruments) {
      throw new Error(`too many undeclared instruments: ${instrument.name} is dropped`);
    }
    this.declare(instrument);
    return this.#registered.get(instrument.name) as Registered;
  }

  #register({ name, kind, help, labels = {}, buckets }: Instrument): Registered {
    const labelNames = Object.keys(labels);
    const values = new Map(Object.entries(labels).map(([label, allowed]) => [label, new Set(allowed)]));
    const configuration = { name, help, labelNames, registers: [this.#registry] };
    const possible = [...values.values()].reduce((product, allowed) => product * (allowed.size + 1), 1);
    const series = possible > this.#maxSeries ? new Set<string>() : undefined;
    switch (kind) {
      case 'gauge':
        return { values, series, recorder: { kind, metric: new Gauge(configuration) } };
      case 'counter': {
        const metric = new Counter(configuration);
        if (possible <= Math.min(mostSeriesFromTheStart, this.#maxSeries))
          for (const all of combinations(labels)) metric.inc(all, 0);
        return { values, series, recorder: { kind, metric } };
      }
      case 'timing':
        return {
          values,
          series,
          recorder: { kind, metric: new Histogram({ ...configuration, buckets: timingBuckets }) },
        };
      case 'distribution':
        return { values, series, recorder: { kind, metric: new Distribution({ ...configuration, buckets }) } };
    }
  }
}

/**
 * Every combination of declared label values. A counter has them from the start, at 0: the rise from nothing to 1 is no
 * increase to Prometheus, and what happens for the first time would go unseen.
 */
function combinations(labels: NonNullable<Instrument['labels']>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (made, [label, allowed]) => made.flatMap((some) => allowed.map((value) => ({ ...some, [label]: value }))),
    [{}],
  );
}

/** Every declared label with one of its declared values; labels that are not declared are left out. */
function boundedLabels(values: Registered['values'], labels: Labels): Record<string, string> {
  const bounded: Record<string, string> = {};
  for (const [label, allowed] of values) {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
    bounded[label] = value !== undefined && allowed.has(value) ? value : overflow;
  }
  return bounded;
}
