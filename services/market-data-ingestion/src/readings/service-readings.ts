import type { Clock, HealthCheckable, HealthState, MonitoringProvider } from '@quantumtrade/core-traits';
import type { BarBatch, Interval } from '@quantumtrade/shared-types';
import { readingInstruments as instruments } from './instruments.ts';

export interface ServiceReadingsDependencies {
  readonly health: Pick<HealthCheckable, 'healthCheck'>;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** Brings the gauges of the spool up to date. */
  readonly measureSpool: () => Promise<unknown>;
}

const healthValues: Readonly<Record<HealthState, number>> = { healthy: 1, degraded: 0.5, unhealthy: 0, unknown: 0 };

/** Gauges of a running service, brought up to date whenever metrics are read. */
export class ServiceReadings {
  readonly #dependencies: ServiceReadingsDependencies;
  /** The opening of the newest bar kept, by interval. */
  readonly #newest: Map<Interval, number> = new Map();
  #end: (() => void) | undefined;

  constructor(dependencies: ServiceReadingsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins to answer readings, where the monitoring provider has them. */
  start(): void {
    this.#end ??= this.#dependencies.monitoring.onReading?.(() => this.#read());
  }

  stop(): void {
    this.#end?.();
    this.#end = undefined;
  }

  /** Takes note of bars that the store or the spool has taken. */
  kept({ series: { interval }, openTime, length }: BarBatch): void {
    const newest = openTime[length - 1];
    if (newest === undefined) return;
    this.#newest.set(interval, Math.max(newest, this.#newest.get(interval) ?? newest));
    this.#recordLag(interval);
  }

  async #read(): Promise<void> {
    const { health, monitoring, measureSpool } = this.#dependencies;
    for (const interval of this.#newest.keys()) this.#recordLag(interval);
    const [{ checks }] = await Promise.all([health.healthCheck(), measureSpool()]);
    for (const { name, status } of checks) {
      monitoring.recordMetric(instruments.health, healthValues[status], { component: name });
    }
  }

  #recordLag(interval: Interval): void {
    const { clock, monitoring } = this.#dependencies;
    const lagMs = clock.now() - (this.#newest.get(interval) as number);
    monitoring.recordMetric(instruments.lag, lagMs / 1000, { interval });
  }
}
