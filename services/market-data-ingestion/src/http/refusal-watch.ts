import type { Clock, MonitoringProvider } from '@quantumtrade/core-traits';
import { httpInstruments } from './instruments.ts';
import type { RefusalReason } from './refusal.ts';

/** From so many refusals within {@link windowMs} on they are worth a line. */
const burst = 20;
const windowMs = 60_000;

/**
 * Counts refused requests. Each is an observation of the metric; a burst of them is one log line a minute, so that
 * nobody can fill the log by being refused.
 */
export class RefusalWatch {
  readonly #clock: Clock;
  readonly #monitoring: MonitoringProvider;
  #began = Number.NEGATIVE_INFINITY;
  #total = 0;
  #byReason = new Map<RefusalReason, number>();

  constructor(dependencies: { readonly clock: Clock; readonly monitoring: MonitoringProvider }) {
    this.#clock = dependencies.clock;
    this.#monitoring = dependencies.monitoring;
  }

  refused(reason: RefusalReason): void {
    this.#monitoring.recordCounter(httpInstruments.refused, 1, { reason });
    const now = this.#clock.monotonic();
    if (now - this.#began >= windowMs) {
      this.#began = now;
      this.#total = 0;
      this.#byReason = new Map();
    }
    this.#total += 1;
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
    if (this.#total !== burst) return;
    this.#monitoring.logWarn('many requests are refused', {
      withinMs: Math.round(now - this.#began),
      refused: Object.fromEntries(this.#byReason),
    });
  }
}
