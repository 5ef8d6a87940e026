import type { Instrument, Labels, LogContext, MonitoringProvider } from '@quantumtrade/core-traits';
import type { FastifyBaseLogger } from 'fastify';
import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

export interface HostMonitoringDependencies {
  /** The host's own registry, beside whatever else it measures. */
  readonly registry: Registry;
  readonly logger: FastifyBaseLogger;
  /** A label on every metric and log line: which of several services it is. */
  readonly feed: string;
}

/** The monitoring of the ingestion service in terms of the host's own. No method throws, as the contract wants. */
export class HostMonitoring implements MonitoringProvider {
  readonly #registry: Registry;
  readonly #logger: FastifyBaseLogger;
  readonly #feed: string;
  readonly #samples: Set<() => void | Promise<void>> = new Set();

  constructor({ registry, logger, feed }: HostMonitoringDependencies) {
    this.#registry = registry;
    this.#logger = logger.child({ feed });
    this.#feed = feed;
  }

  recordMetric(instrument: Instrument, value: number, labels?: Labels): void {
    this.#record(() => this.#metric(instrument, Gauge).set({ ...labels, feed: this.#feed }, value));
  }

  recordCounter(instrument: Instrument, value = 1, labels?: Labels): void {
    this.#record(() => this.#metric(instrument, Counter).inc({ ...labels, feed: this.#feed }, value));
  }

  recordTiming(instrument: Instrument, milliseconds: number, labels?: Labels): void {
    this.#record(() =>
      this.#metric(instrument, Histogram).observe({ ...labels, feed: this.#feed }, milliseconds / 1000),
    );
  }

  recordDistribution(instrument: Instrument, seen: ReadonlyMap<number, number>, labels?: Labels): void {
    this.#record(() => {
      const histogram = this.#metric(instrument, Histogram);
      for (const [value, times] of seen) {
        for (let time = 0; time < times; time++) histogram.observe({ ...labels, feed: this.#feed }, value);
      }
    });
  }

  logInfo(message: string, context?: LogContext): void {
    this.#record(() => this.#logger.info(factsOf(context), String(message)));
  }

  logWarn(message: string, context?: LogContext): void {
    this.#record(() => this.#logger.warn(factsOf(context), String(message)));
  }

  logError(message: string, context?: LogContext): void {
    this.#record(() => this.#logger.error(factsOf(context), String(message)));
  }

  onReading(sample: () => void | Promise<void>): () => void {
    this.#samples.add(sample);
    return () => void this.#samples.delete(sample);
  }

  /** Brings gauges up to date; the host calls it before it gives its metrics. */
  async sample(): Promise<void> {
    await Promise.allSettled([...this.#samples].map(async (sample) => sample()));
  }

  /** The metric of an instrument: both services share it, told apart by their label. */
  #metric<M extends Metric>({ name, help, labels, buckets }: Instrument, kind: MetricKind<M>): M {
    const known = this.#registry.getSingleMetric(`ingestion_${name}`);
    if (known !== undefined) return known as M;
    return new kind({
      name: `ingestion_${name}`,
      help,
      labelNames: ['feed', ...Object.keys(labels ?? {})],
      registers: [this.#registry],
      ...(buckets && { buckets: [...buckets] }),
    });
  }

  /** What cannot be recorded is lost; what it is about goes on. */
  #record(work: () => void): void {
    try {
      work();
    } catch {}
  }
}

/** Pino shows an error under the name `err` only. */
function factsOf(context: LogContext | undefined): Record<string, unknown> {
  const { error, ...facts } = { ...context };
  return error === undefined ? facts : { ...facts, err: error };
}

type MetricKind<M> = new (configuration: {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
  buckets?: number[];
}) => M;
