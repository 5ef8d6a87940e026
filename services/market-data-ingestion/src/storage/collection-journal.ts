import { type MonitoringProvider, ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { CollectionRecord, MarketDataStore } from '@quantumtrade/shared-types';
import { collectionInstruments as instruments } from '../instruments.ts';

/** How many records may wait for the store; beyond that the oldest ones are given up. */
const mostWaiting = 1_000;

export interface CollectionJournalDependencies {
  readonly store: Pick<MarketDataStore, 'insertCollection'>;
  readonly monitoring: MonitoringProvider;
}

/**
 * Keeps what became of each collection, one record after the other. While the store does not take them they wait in
 * memory, and follow with the next one. Records that are given up are counted and logged, and fail nothing else.
 */
export class CollectionJournal {
  readonly #store: Pick<MarketDataStore, 'insertCollection'>;
  readonly #monitoring: MonitoringProvider;
  readonly #waiting: CollectionRecord[] = [];
  #writing: Promise<void> | undefined;
  #newestFailure: ServiceError | undefined;
  #complained = false;

  constructor(dependencies: CollectionJournalDependencies) {
    this.#store = dependencies.store;
    this.#monitoring = dependencies.monitoring;
  }

  /** Writes a record, or keeps it for later. Never rejects; waits as long as the store does. */
  async write(record: CollectionRecord): Promise<void> {
    this.#waiting.push(record);
    const oldest = this.#waiting.length > mostWaiting ? this.#waiting.shift() : undefined;
    if (oldest !== undefined) this.#giveUp(oldest, tooMany());
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Tries once more to write what waits, and gives up what the store does not take. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#writeWaiting();
    for (const record of this.#waiting.splice(0)) this.#giveUp(record, this.#newestFailure ?? tooMany());
  }

  /** Writes what waits, oldest first, until the store is away. Records that wait together are given to it together. */
  async #writeWaiting(): Promise<void> {
    for (let records = this.#next(); records.length > 0; records = this.#next()) {
      const written = await Promise.allSettled(records.map((record) => this.#store.insertCollection(record)));
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
  #next(): CollectionRecord[] {
    const batches = new Set<string>();
    const end = this.#waiting.findIndex(({ batchId }) => batches.size === batches.add(batchId).size);
    return this.#waiting.slice(0, end < 0 ? undefined : end);
  }

  #giveUp({ batchId, symbol, interval, outcome }: CollectionRecord, { kind, reason, message }: ServiceError): void {
    this.#monitoring.recordCounter(instruments.recordsLost, 1, { interval });
    if (this.#complained) return;
    this.#complained = true;
    this.#monitoring.logWarn('the record of a collection could not be kept', {
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
