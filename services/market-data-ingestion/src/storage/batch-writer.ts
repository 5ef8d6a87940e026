import type { MonitoringProvider } from '@quantumtrade/core-traits';
import type {
  BatchIdentity,
  CollectionFallback,
  InsertOutcome,
  MarketDataStore,
  ProcessedBars,
  StoreOptions,
} from '@quantumtrade/shared-types';

export interface BatchWriterDependencies {
  readonly store: MarketDataStore;
  readonly fallback: CollectionFallback;
  readonly monitoring: MonitoringProvider;
}

/** Puts a processed payload where it belongs: accepted bars and rejected rows into the store, recent bars aside. */
export class BatchWriter {
  readonly #store: MarketDataStore;
  readonly #fallback: CollectionFallback;
  readonly #monitoring: MonitoringProvider;

  constructor(dependencies: BatchWriterDependencies) {
    this.#store = dependencies.store;
    this.#fallback = dependencies.fallback;
    this.#monitoring = dependencies.monitoring;
  }

  /**
   * Stores the payload. Repeating the call with the same identity after a failure, also a half-done one, stores nothing
   * twice and gives the outcome of the whole.
   *
   * @throws ServiceError of kind `database`, or `configuration` with reason `barLabelMix`.
   */
  async write(processed: ProcessedBars, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    const { accepted, quarantined } = processed;
    const outcome = await this.#store.insertMarketData(accepted, identity, options);
    await this.#store.insertQuarantine(accepted.series, quarantined, identity, options);
    return outcome;
  }

  /** Takes note of a stored payload for worse days; a cache that fails is no failure of the collection. */
  async remember(processed: ProcessedBars, identity: BatchIdentity): Promise<void> {
    try {
      await this.#fallback.remember(processed.accepted, identity);
    } catch (error) {
      this.#monitoring.logWarn('recent bars could not be cached', { error, symbol: processed.accepted.series.symbol });
    }
  }
}
