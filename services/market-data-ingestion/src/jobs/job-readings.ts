import type { Clock, MonitoringProvider, WorkQueue } from '@quantumtrade/core-traits';
import { jobInstruments as instruments } from './instruments.ts';

export interface JobReadingsDependencies {
  readonly queue: Pick<WorkQueue, 'counts' | 'list'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly monitoring: Pick<MonitoringProvider, 'recordMetric' | 'onReading'>;
}

/** The part of the time that looking into the queue may take. */
const lookingPart = 1 / 20;

/** Gauges of the work queue, brought up to date when metrics are read; less often where the queue is slow to answer. */
export class JobReadings {
  readonly #dependencies: JobReadingsDependencies;
  #end: (() => void) | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(dependencies: JobReadingsDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#end ??= this.#dependencies.monitoring.onReading?.(() => this.#read());
  }

  stop(): void {
    this.#end?.();
    this.#end = undefined;
  }

  async #read(): Promise<void> {
    const { queue, clock, monitoring } = this.#dependencies;
    const began = clock.monotonic();
    if (began < this.#notBefore) return;
    const counts = await queue.counts();
    for (const [state, items] of Object.entries(counts)) monitoring.recordMetric(instruments.depth, items, { state });
    const [oldest] = counts.pending === 0 ? [] : await queue.list({ state: 'pending', limit: 1 });
    const age = oldest === undefined ? 0 : Math.max(0, clock.now() - oldest.addedAt) / 1000;
    monitoring.recordMetric(instruments.oldestAge, age);
    this.#notBefore = clock.monotonic() + (clock.monotonic() - began) / lookingPart;
  }
}
