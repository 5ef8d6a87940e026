import { isServiceError } from '@quantumtrade/core-traits';
import type { BarBatch, BatchIdentity, InsertOutcome, MarketDataStore, StoreOptions } from '@quantumtrade/shared-types';
import { sliceBatch } from './slice-batch.ts';

export interface StoreBarsOptions extends StoreOptions {
  /**
   * Whether the store is known to take other batches. Only then is a batch whose every row is refused the fault of its
   * rows; otherwise it is the store's failure.
   */
  readonly storeIsKnownToWork?: boolean | undefined;
}

/** What became of the bars of a batch: `stored + unchanged + refused.length` is its length. */
export interface StoredBars extends InsertOutcome {
  /** Rows that the store refuses by themselves. */
  readonly refused: readonly number[];
}

/** Single rows that may be refused before one is taken; then the store is at fault and not so many rows. */
const patience = 16;

/**
 * Stores a batch. Where the store refuses it for good, the rows at fault are found by bisection and the others are
 * stored, each part under a name of its own, which follows from the batch and the rows: a repetition cuts the same parts.
 *
 * @throws the store's error when it is away, or when it takes no row at all.
 */
export async function storeBars(
  store: MarketDataStore,
  batch: BarBatch,
  identity: BatchIdentity,
  options: StoreBarsOptions = {},
): Promise<StoredBars> {
  const refused: number[] = [];
  let [stored, unchanged] = [0, 0];

  const add = async (from: number, to: number): Promise<void> => {
    const whole = to - from === batch.length;
    const rows = whole ? batch : sliceBatch(batch, from, to);
    const part = whole ? identity : { ...identity, part: `${from}-${to}` };
    try {
      const outcome = await store.insertMarketData(rows, part, { signal: options.signal });
      stored += outcome.stored;
      unchanged += outcome.unchanged;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (to - from > 1) {
        const middle = Math.ceil((from + to) / 2);
        await add(from, middle);
        await add(middle, to);
        return;
      }
      refused.push(from);
      const last = to === batch.length || refused.length === patience;
      if (last && stored === 0 && options.storeIsKnownToWork !== true) throw new EveryRowRefused(error);
    }
  };

  try {
    await add(0, batch.length);
  } catch (error) {
    throw error instanceof EveryRowRefused ? error.cause : error;
  }
  return { stored, unchanged, refused };
}

/** Ends a bisection at once, whatever level it is at. */
class EveryRowRefused extends Error {
  constructor(cause: unknown) {
    super('every row was refused', { cause });
  }
}

/** Whether the engine answered, and would answer the same again. */
export function isRefusal(error: unknown): boolean {
  if (!isServiceError(error) || error.kind !== 'database' || error.retryable) return false;
  return error.reason === 'refused' || error.reason === 'valueNotStorable';
}
