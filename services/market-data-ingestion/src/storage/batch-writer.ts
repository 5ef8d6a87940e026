import type {
  BatchIdentity,
  InsertOutcome,
  MarketDataStore,
  ProcessedBars,
  StoreOptions,
} from '@quantumtrade/shared-types';

/** Puts a processed payload where it belongs: accepted bars and rejected rows into the store. */
export class BatchWriter {
  readonly #store: MarketDataStore;

  constructor(dependencies: { readonly store: MarketDataStore }) {
    this.#store = dependencies.store;
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
}
