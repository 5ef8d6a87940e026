import { type MonitoringProvider, ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { CollectionRecord, MarketDataStore } from '@quantumtrade/shared-types';
import { collectionInstruments as instruments } from '../instruments.ts';

/** How many records may be on their way at once: a store that hangs must not pile them up without end. */
const mostUnderWay = 100;

export interface CollectionJournalDependencies {
  readonly store: MarketDataStore;
  readonly monitoring: MonitoringProvider;
}

/** Keeps what became of each collection. Its own failures are counted and logged, and fail nothing else. */
export class CollectionJournal {
  readonly #store: MarketDataStore;
  readonly #monitoring: MonitoringProvider;
  #underWay = 0;

  constructor(dependencies: CollectionJournalDependencies) {
    this.#store = dependencies.store;
    this.#monitoring = dependencies.monitoring;
  }

  /** Writes a record. Never rejects; waits as long as the store does. */
  async write(record: CollectionRecord): Promise<void> {
    this.#underWay += 1;
    try {
      if (this.#underWay > mostUnderWay) throw tooMany();
      await this.#store.insertCollection(record);
    } catch (cause) {
      const { kind, reason, message } = toServiceError(cause);
      const { batchId, symbol, interval, outcome } = record;
      this.#monitoring.recordCounter(instruments.recordsLost, 1, { interval });
      this.#monitoring.logWarn('the record of a collection could not be kept', {
        ...{ batchId, symbol, interval, outcome },
        ...{ kind, reason, message },
      });
    } finally {
      this.#underWay -= 1;
    }
  }
}

function tooMany(): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'tooManyRecords',
    message: `${mostUnderWay} records of collections are waiting for the store: look at its health`,
  });
}
