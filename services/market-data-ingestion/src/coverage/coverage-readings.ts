import { type Clock, type Lifecycle, type MonitoringProvider, toServiceError } from '@quantumtrade/core-traits';
import { type Adjustment, coverageStates, type Interval, intervals } from '@quantumtrade/shared-types';
import type { MarketDataIngestionService } from '../service.ts';
import { coverageInstruments as instruments } from './instruments.ts';

export interface CoverageReadingsDependencies {
  readonly service: Pick<MarketDataIngestionService, 'coverage'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly monitoring: Pick<MonitoringProvider, 'recordMetric' | 'onReading' | 'logWarn'>;
}

/** How often the ledger is asked, and how far back. */
const everyMs = 3_600_000;
const backMs = 30 * 86_400_000;

const adjustments: readonly Adjustment[] = ['raw', 'adjusted'];

/** Gauges of completeness, once an hour: how many of the newest sessions are there, and what waits for too long. */
export class CoverageReadings implements Lifecycle {
  readonly name: string = 'coverage';
  readonly #dependencies: CoverageReadingsDependencies;
  #running: { readonly ending: AbortController; readonly done: Promise<void>; readonly end?: () => void } | undefined;
  #overdue: number | undefined;

  constructor(dependencies: CoverageReadingsDependencies) {
    this.#dependencies = dependencies;
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const ending = new AbortController();
    const first = this.#measure(ending.signal);
    // Whoever reads metrics early waits for the first measurement, so that no reading is without these gauges.
    const end = this.#dependencies.monitoring.onReading?.(() => first);
    const done = first.then(() => this.#goOn(ending.signal));
    this.#running = { ending, done, ...(end && { end }) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.end?.();
    running?.ending.abort();
    await running?.done;
  }

  /** For the daemon's health: what waits for too long, as it was found last. */
  health(): Readonly<Record<string, unknown>> {
    return { overdueSessions: this.#overdue ?? null };
  }

  async #goOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const passed = await this.#dependencies.clock.sleep(everyMs, signal).then(
        () => true,
        () => false,
      );
      if (!passed) return;
      await this.#measure(signal);
    }
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { monitoring } = this.#dependencies;
    try {
      let all = 0;
      for (const interval of intervals) all += await this.#measureInterval(interval, signal);
      this.#overdue = all;
    } catch (error) {
      if (signal.aborted) return;
      monitoring.logWarn('what is complete could not be measured', { error: toServiceError(error).message });
    }
  }

  async #measureInterval(interval: Interval, signal: AbortSignal): Promise<number> {
    const { service, clock, monitoring } = this.#dependencies;
    const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
    const range = { from: day(clock.now() - backMs), to: day(clock.now()) };
    const counts = new Map(coverageStates.map((state) => [state, 0]));
    let overdue = 0;
    for (const adjustment of adjustments) {
      for (const row of await service.coverage({ interval, adjustment, ...range }, { signal })) {
        counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
        if (row.overdue) overdue += 1;
      }
    }
    for (const [state, sessions] of counts)
      monitoring.recordMetric(instruments.sessions, sessions, { interval, state });
    monitoring.recordMetric(instruments.overdue, overdue, { interval });
    return overdue;
  }
}
