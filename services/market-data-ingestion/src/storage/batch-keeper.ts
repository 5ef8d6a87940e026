import { type Clock, type MonitoringProvider, ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import type { SpooledBatch } from '@quantumtrade/shared-types';
import type { Attempts, StepOutcome } from '../collection/attempts.ts';
import type { Deadline } from '../collection/deadline.ts';
import { collectionInstruments } from '../instruments.ts';
import { BatchWriter, refusedByStore } from './batch-writer.ts';
import type { CollectionJournal } from './collection-journal.ts';
import { spoolInstruments as instruments } from './instruments.ts';
import { Replayer, type ReplaySettings } from './replayer.ts';
import { SpoolWatch } from './spool-watch.ts';
import { Turns } from './turns.ts';

export interface BatchKeeperDependencies {
  readonly databaseManager: Pick<DatabaseManager, 'clickhouse' | 'spool'>;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly replay: ReplaySettings;
  /** Is told of batches that were stored after all. */
  readonly journal: Pick<CollectionJournal, 'take' | 'flush'>;
}

/** Where a batch is: `stored + unchanged + quarantined + spooled` is the number of its accepted and rejected rows. */
export interface KeptBatch {
  readonly stored: number;
  readonly unchanged: number;
  /** Rows judged unfit, by our rules or by the store; they wait with their batch where that is in the spool. */
  readonly quarantined: number;
  /** Accepted bars of a batch that waits in the spool. */
  readonly spooled: number;
}

/**
 * Keeps accepted batches: in the store or, when it is away, in the spool, from where they are replayed. A batch of a
 * series that has another one waiting goes behind it.
 */
export class BatchKeeper {
  readonly #dependencies: BatchKeeperDependencies;
  readonly #writer: BatchWriter;
  readonly #watch: SpoolWatch;
  readonly #replayer: Replayer;
  readonly #turns: Turns = new Turns();
  #measuring: Promise<number> | undefined;

  constructor(dependencies: BatchKeeperDependencies) {
    const { databaseManager, replay } = dependencies;
    this.#dependencies = dependencies;
    this.#writer = new BatchWriter({ store: databaseManager.clickhouse });
    const parts = { ...dependencies, spool: databaseManager.spool };
    this.#watch = new SpoolWatch(parts);
    this.#replayer = new Replayer({ ...parts, writer: this.#writer, watch: this.#watch, settings: replay });
  }

  /** Begins to replay what waits, also what an earlier process left. */
  start(): void {
    this.#replayer.start();
  }

  /** Brings the gauges of the spool up to date. */
  async measure(): Promise<void> {
    await this.#watch.measure();
  }

  /** Ends the replay after the batch under way. */
  async stop(): Promise<void> {
    await this.#replayer.stop();
  }

  /**
   * Keeps a batch, or says why neither the store nor the spool took it.
   *
   * @throws the reason of the caller's signal when the caller gave up.
   */
  async keep(batch: SpooledBatch, deadline: Deadline): Promise<StepOutcome<KeptBatch>> {
    const { symbol, interval, source, adjustment } = batch.accepted.series;
    const key = JSON.stringify([symbol, interval, source, adjustment]);
    return await this.#turns.take(key, deadline, () => this.#keep(batch, deadline));
  }

  async #keep(batch: SpooledBatch, deadline: Deadline): Promise<StepOutcome<KeptBatch>> {
    const { attempts, databaseManager } = this.#dependencies;
    const { series } = batch.accepted;
    try {
      if (await databaseManager.spool.isWaiting(series)) return await this.#spool(batch);
    } catch (error) {
      // Whether it may overtake another batch is not known.
      return { error: toServiceError(error), decision: { action: 'fail' } };
    }
    const { symbol, interval } = series;
    const written = await attempts.run(
      {
        operation: 'store',
        metadata: { symbol, interval, batchId: batch.identity.batchId },
        run: () => this.#writer.write(batch, { signal: deadline.signal }),
      },
      deadline,
    );
    if ('value' in written) {
      const { stored, unchanged, refused } = written.value;
      if (refused > 0) this.#reportRefused(batch, refused);
      await this.#wakeForOthers();
      return { value: { stored, unchanged, quarantined: batch.quarantined.length + refused, spooled: 0 } };
    }
    const away = written.error.kind === 'database' || deadline.signal.aborted;
    return away ? await this.#spool(batch, written.error) : written;
  }

  #reportRefused({ identity, accepted }: SpooledBatch, rows: number): void {
    const { monitoring } = this.#dependencies;
    const { symbol, interval } = accepted.series;
    const { batchId } = identity;
    monitoring.recordCounter(collectionInstruments.quarantined, rows, { interval });
    monitoring.recordCounter(collectionInstruments.brokenRules, rows, { rule: refusedByStore });
    monitoring.logWarn('the store refuses rows by themselves: they are in quarantine', { symbol, batchId, rows });
  }

  async #spool(batch: SpooledBatch, cause?: ServiceError): Promise<StepOutcome<KeptBatch>> {
    const { databaseManager, monitoring } = this.#dependencies;
    try {
      await databaseManager.spool.append(batch);
    } catch (error) {
      return { error: refusedByBoth(toServiceError(error), cause), decision: { action: 'fail' } };
    }
    this.#watch.waiting(cause);
    this.#replayer.wake();
    const { length, series } = batch.accepted;
    monitoring.recordCounter(instruments.spooledPoints, length, { interval: series.interval });
    return { value: { stored: 0, unchanged: 0, quarantined: batch.quarantined.length, spooled: length } };
  }

  /** The store works: what another process may have left in the spool can follow. */
  async #wakeForOthers(): Promise<void> {
    try {
      // Batches that were stored together need it once.
      this.#measuring ??= this.#watch.measure().finally(() => {
        this.#measuring = undefined;
      });
      if ((await this.#measuring) > 0) this.#replayer.wake();
    } catch {
      // The batch is stored; the replay reports what is wrong with the spool.
    }
  }
}

/** The spool's error, and with it why the batch had to go there. */
function refusedByBoth(error: ServiceError, cause: ServiceError | undefined): ServiceError {
  if (cause === undefined) return error;
  const { reason, retryable } = error;
  const message = `${error.message}; the store: ${cause.message}`;
  return new ServiceError({ kind: 'database', reason, message, retryable, cause });
}
