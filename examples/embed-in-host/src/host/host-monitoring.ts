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

  onReading(sample: () => void | Promise<void>): () => void {
    this.#samples.add(sample);
    return () => void this.#samples.delete(sample);
  }

  /** Brings gauges up to date; the host calls it before it gives its metrics. */
  async sample(): Promise<void> {
    await Promise.allSettled([...this.#samples].map(async (sample) => sample()));
  }

  logInfo(message: string, context?: LogContext): void {
    this.#log('info', message, context);
  }

  logWarn(message: string, context?: LogContext): void {
    this.#log('warn', message, context);
  }

  logError(message: string, context?: LogContext): void {
    this.#log('error', message, context);
  }

  #log(level: 'info' | 'warn' | 'error', message: string, context: LogContext | undefined): void {
    this.#record(() => {
      const { error, ...facts } = { ...context };
      // Pino shows errors under this name only.
      this.#logger[level](error === undefined ? facts : { ...facts, err: error }, String(message));
    });
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

type MetricKind<M> = new (configuration: {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
  buckets?: number[];
}) => M;
