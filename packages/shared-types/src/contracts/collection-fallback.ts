import type { BarBatch } from '../bars/bar-batch.ts';
import type { StoredBar } from '../bars/market-data.ts';
import type { Series } from '../bars/series.ts';
import type { BatchIdentity } from './market-data-store.ts';

/** What a collection falls back on when the vendor or the store is away. Its own failures never fail a collection. */
export interface CollectionFallback {
  /** Takes note of a stored batch. */
  remember(batch: BarBatch, identity: BatchIdentity): Promise<void>;
  /** The recent bars of a series, oldest first; empty when nothing is known. */
  recall(series: Series): Promise<readonly StoredBar[]>;
}
