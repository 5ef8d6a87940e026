import {
  type BarBatch,
  barTextAt,
  intradayMilliseconds,
  type MarketDataStore,
  type QuarantinedBar,
  type SpooledBatch,
} from '@quantumtrade/shared-types';
import { sessionDateText } from './session-date.ts';
import { type StoreBarsOptions, storeBars } from './store-bars.ts';

/** The broken rule of a row that passed our own rules and that the store refuses. */
export const refusedByStore = 'refusedByStore';

/** What became of a batch: `stored + unchanged + refused` is the number of its bars. */
export interface WriteOutcome {
  readonly stored: number;
  readonly unchanged: number;
  /** Accepted bars that the store refuses by themselves; they are in quarantine. */
  readonly refused: number;
}

/** Puts a batch where it belongs: accepted bars and rejected rows into the store. */
export class BatchWriter {
  readonly #store: MarketDataStore;
  #taken = 0;

  constructor(dependencies: { readonly store: MarketDataStore }) {
    this.#store = dependencies.store;
  }

  /** How many batches the store has taken new bars of: proof that it works. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Stores the batch. Repeating the call with the same identity after a failure, also a half-done one, stores nothing
   * twice and gives the outcome of the whole.
   *
   * @throws ServiceError of kind `database`, or `configuration` with reason `barLabelMix`.
   */
  async write({ identity, accepted, quarantined }: SpooledBatch, options?: StoreBarsOptions): Promise<WriteOutcome> {
    const { stored, unchanged, refused } = await storeBars(this.#store, accepted, identity, options);
    if (stored > 0) this.#taken += 1;
    const rejected = [...quarantined, ...refused.map((row) => refusedRow(accepted, row))];
    await this.#store.insertQuarantine(accepted.series, rejected, identity, { signal: options?.signal });
    return { stored, unchanged, refused: refused.length };
  }
}

/** A row of a batch as quarantine keeps rows. The vendor's own label is not known any more: its instant stands for it. */
function refusedRow(batch: BarBatch, row: number): QuarantinedBar {
  const intraday = intradayMilliseconds(batch.series.interval) !== undefined;
  const openTime = batch.openTime[row] as number;
  return {
    label: intraday ? new Date(openTime).toISOString() : sessionDateText(batch.sessionDate[row] as number),
    values: Object.fromEntries(Object.entries(barTextAt(batch, row)).filter(([, text]) => text !== undefined)),
    qualityScore: batch.qualityScore[row] as number,
    brokenRules: [refusedByStore],
  };
}
