import { type Clock, type MonitoringProvider, ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { CollectionRecord, MarketDataStore } from '@quantumtrade/shared-types';
import { collectionInstruments as instruments } from '../instruments.ts';

/** How many records may wait for the store; beyond that the oldest ones are given up. */
const mostWaiting = 1_000;

/**
 * Milliseconds after records were written in which others gather: an insert of a few records costs as much as one of many,
 * and takes its time from the bars that are stored meanwhile.
 */
const gatherMs = 100;

/** So many are enough to be written at once. */
const manyRecords = 200;

/** A reason that is there already: an error of its own for each end of a wait would cost more than the wait. */
const noLonger = 'no longer waited for';

export interface CollectionJournalDependencies {
  readonly store: Pick<MarketDataStore, 'insertCollection'>;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
}

/**
 * Keeps what became of each collection, one record after the other. While the store does not take them they wait in
 * memory, and follow with the next one. Records that are given up are counted and logged, and fail nothing else.
 */
export class CollectionJournal {
  readonly #dependencies: CollectionJournalDependencies;
  readonly #waiting: CollectionRecord[] = [];
  /** The round that is still to begin and writes what waits then. */
  #next: Promise<void> | undefined;
  #underWay: Promise<void> | undefined;
  /** Whether there is a record that nobody has tried to write yet. */
  #hasNew = false;
  /** Ends the wait of the next round for others. */
  #hurry: AbortController = new AbortController();
  /** The clock's monotonic time when records were last written. */
  #written: number = Number.NEGATIVE_INFINITY;
  #newestFailure: ServiceError | undefined;
  #complained = false;

  constructor(dependencies: CollectionJournalDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes a record. It is written within a tenth of a second, if the store takes it. */
  take(record: CollectionRecord): void {
    this.#waiting.push(record);
    const oldest = this.#waiting.length > mostWaiting ? this.#waiting.shift() : undefined;
    if (oldest !== undefined) this.#giveUp(oldest, tooMany());
    this.#hasNew = true;
    if (this.#waiting.length >= manyRecords) this.#hurry.abort(noLonger);
    void this.#soon();
  }

  /** Writes what was taken, or keeps it for later. Never rejects; waits as long as the store does. */
  async flush(): Promise<void> {
    if (!this.#hasNew) return await this.#underWay;
    this.#hurry.abort(noLonger);
    await this.#soon();
  }

  /** Tries once more to write what waits, and gives up what the store does not take. */
  async close(): Promise<void> {
    this.#hurry.abort(noLonger);
    if (this.#waiting.length > 0) await this.#soon();
    for (const record of this.#waiting.splice(0)) this.#giveUp(record, this.#newestFailure ?? tooMany());
  }

  #soon(): Promise<void> {
    this.#next ??= this.#round();
    return this.#next;
  }

  async #round(): Promise<void> {
    await this.#underWay;
    const { clock } = this.#dependencies;
    const rest = this.#written + gatherMs - clock.monotonic();
    if (rest > 0) await clock.sleep(rest, this.#hurry.signal).catch(() => {});
    this.#hurry = new AbortController();
    this.#next = undefined;
    this.#hasNew = false;
    this.#underWay = this.#writeWaiting().catch((error: unknown) => {
      this.#newestFailure = toServiceError(error);
    });
    await this.#underWay;
    this.#written = clock.monotonic();
  }

  /** Writes what waits, oldest first, until the store is away. Records that wait together are given to it together. */
  async #writeWaiting(): Promise<void> {
    const { store } = this.#dependencies;
    const round = new Set(this.#waiting);
    for (let records = this.#oldestOf(round); records.length > 0; records = this.#oldestOf(round)) {
      const written = await Promise.allSettled(records.map(async (record) => await store.insertCollection(record)));
      let away = false;
      for (const [i, record] of records.entries()) {
        const result = written[i] as PromiseSettledResult<void>;
        const failure = result.status === 'rejected' ? toServiceError(result.reason) : undefined;
        if (failure !== undefined) this.#newestFailure = failure;
        if (failure?.retryable) {
          away = true;
          continue;
        }
        // What the store will never take must not stand in the way of others.
        if (failure === undefined) this.#complained = false;
        else this.#giveUp(record, failure);
        // Meanwhile it may have been given up to make room.
        const at = this.#waiting.indexOf(record);
        if (at >= 0) this.#waiting.splice(at, 1);
      }
      if (away) return;
    }
  }

  /** The oldest records of different batches: of two of one batch the later one must be written later. */
  #oldestOf(round: ReadonlySet<CollectionRecord>): CollectionRecord[] {
    const records = this.#waiting.filter((record) => round.has(record));
    const batches = new Set<string>();
    const end = records.findIndex(({ batchId }) => batches.size === batches.add(batchId).size);
    return records.slice(0, end < 0 ? undefined : end);
  }

  #giveUp({ batchId, symbol, interval, outcome }: CollectionRecord, { kind, reason, message }: ServiceError): void {
    const { monitoring } = this.#dependencies;
    monitoring.recordCounter(instruments.recordsLost, 1, { interval });
    if (this.#complained) return;
    this.#complained = true;
    monitoring.logWarn('the record of a collection could not be kept', {
      ...{ batchId, symbol, interval, outcome },
      ...{ kind, reason, message },
    });
  }
}

function tooMany(): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'tooManyRecords',
    message: 'too many records of collections are waiting for the store: look at its health',
  });
}
