import type { Clock, MonitoringProvider, ServiceError } from '@quantumtrade/core-traits';
import type { BatchSpool } from '@quantumtrade/shared-types';
import { spoolInstruments as instruments } from './instruments.ts';

export interface SpoolWatchDependencies {
  readonly spool: BatchSpool;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
}

/** Tells people and metrics about the spool: one line when an outage begins and one when it is over. */
export class SpoolWatch {
  readonly #dependencies: SpoolWatchDependencies;
  #outageBegan: number | undefined;
  #replayed = 0;
  #damagedSeen: Set<number> = new Set();

  constructor(dependencies: SpoolWatchDependencies) {
    this.#dependencies = dependencies;
  }

  /** A batch waits: `cause` says why, where this process knows. */
  waiting(cause?: ServiceError): void {
    if (this.#outageBegan !== undefined) return;
    const { clock, monitoring } = this.#dependencies;
    this.#outageBegan = clock.monotonic();
    if (cause !== undefined) monitoring.logWarn('the store is away: accepted batches wait in the spool', { cause });
    else monitoring.logInfo('batches of an earlier time wait in the spool');
  }

  replayed(): void {
    this.#replayed += 1;
  }

  /** Nothing waits any more. */
  empty(): void {
    if (this.#outageBegan === undefined) return;
    const { clock, monitoring } = this.#dependencies;
    const seconds = Math.round((clock.monotonic() - this.#outageBegan) / 1000);
    monitoring.logInfo('the store is back and the spool is empty', { replayed: this.#replayed, seconds });
    this.#outageBegan = undefined;
    this.#replayed = 0;
  }

  /** Brings the gauges up to date and reports entries that turned out to be damaged. Says how many batches wait. */
  async measure(): Promise<number> {
    const { spool, clock, monitoring } = this.#dependencies;
    const { entries, bytes, maxBytes, oldestSpooledAt, damaged } = await spool.stats();
    const age = oldestSpooledAt === undefined ? 0 : Math.max(0, clock.now() - oldestSpooledAt) / 1000;
    monitoring.recordMetric(instruments.entries, entries);
    monitoring.recordMetric(instruments.bytes, bytes);
    monitoring.recordMetric(instruments.maxBytes, maxBytes);
    monitoring.recordMetric(instruments.oldestAge, age);
    monitoring.recordMetric(instruments.damaged, damaged);
    if (damaged > this.#damagedSeen.size) await this.#reportDamage();
    return entries;
  }

  async #reportDamage(): Promise<void> {
    const { spool, monitoring } = this.#dependencies;
    for (const entry of await spool.damaged()) {
      if (this.#damagedSeen.has(entry.id)) continue;
      this.#damagedSeen.add(entry.id);
      monitoring.logError('an entry of the spool is damaged and was kept aside', { ...entry });
    }
  }
}
