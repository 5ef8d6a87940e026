import {
  type BarBatch,
  type BatchIdentity,
  type CollectionFallback,
  type Series,
  type StoredBar,
  storedBarAt,
} from '@quantumtrade/shared-types';
import { seriesKey } from './series-key.ts';

/** One call of {@link FakeFallback.remember}. */
export interface RememberedBatch {
  readonly batch: BarBatch;
  readonly identity: BatchIdentity;
}

/** A fallback that remembers every batch in memory, can be told what to know, and can be told to fail. */
export class FakeFallback implements CollectionFallback {
  readonly #bars: Map<string, Map<number, StoredBar>> = new Map();
  readonly #remembered: RememberedBatch[] = [];
  readonly #recalled: Series[] = [];
  #failure: Error | undefined;

  /** The batches it was given, in order; failed calls are not among them. */
  get remembered(): readonly RememberedBatch[] {
    return this.#remembered;
  }

  /** The series it was asked for, in order; failed calls included. */
  get recalled(): readonly Series[] {
    return this.#recalled;
  }

  /** Makes bars known without a batch; each goes to the series that it names. */
  know(bars: readonly StoredBar[]): void {
    for (const bar of bars) {
      const known = this.#bars.get(seriesKey(bar)) ?? new Map<number, StoredBar>();
      this.#bars.set(seriesKey(bar), known.set(bar.openTime, bar));
    }
  }

  /** Rejects every call from now on until {@link FakeFallback.recover}; what is known stays. */
  failWith(error: Error = new Error('the fake fallback was told to fail')): void {
    this.#failure = error;
  }

  recover(): void {
    this.#failure = undefined;
  }

  async remember(batch: BarBatch, identity: BatchIdentity): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#remembered.push({ batch, identity });
    this.know(Array.from({ length: batch.length }, (_, row) => storedBarAt(batch, row, identity)));
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    this.#recalled.push(series);
    if (this.#failure !== undefined) throw this.#failure;
    return [...(this.#bars.get(seriesKey(series))?.values() ?? [])].sort((a, b) => a.openTime - b.openTime);
  }
}
