import type { MarketDataStore } from '@quantumtrade/shared-types';
import { seriesCondition, seriesParameters } from '../clickhouse/series-filter.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { batchesOf, type IdentifiedBatch } from './batches-of.ts';
import { invalidBarFile } from './invalid-bar-file.ts';
import { type FileBar, readBarFile } from './read-bar-file.ts';

/** What became of the bars of a file: `stored + unchanged` is how many it has. */
export interface ImportedFile {
  readonly bars: number;
  /** Versions that were not there before. */
  readonly stored: number;
  readonly unchanged: number;
}

/** Puts bars from files into the store, under the identities that they had. */
export class BarImport {
  readonly #engine: () => SqlEngine;
  readonly #store: MarketDataStore;
  readonly #bars: string;

  constructor(options: {
    readonly engine: () => SqlEngine;
    readonly database: string;
    readonly store: MarketDataStore;
  }) {
    this.#engine = options.engine;
    this.#store = options.store;
    this.#bars = `${options.database}.bars`;
  }

  async read(path: string): Promise<ImportedFile> {
    const bars = await readBarFile(this.#engine(), path);
    let stored = 0;
    for (const batch of this.#batches(path, bars)) stored += await this.#insert(batch);
    return { bars: bars.length, stored, unchanged: bars.length - stored };
  }

  #batches(path: string, bars: readonly FileBar[]): IdentifiedBatch[] {
    try {
      return batchesOf(bars);
    } catch (error) {
      throw invalidBarFile(path, error);
    }
  }

  /** Counts what is there before and after: a repeated insert gives the outcome of the first, which is not what it added. */
  async #insert({ batch, identity }: IdentifiedBatch): Promise<number> {
    const count = async (): Promise<number> => {
      const [row] = await this.#engine().rows<{ bars: string }>(
        `SELECT count() AS bars FROM ${this.#bars} WHERE ${seriesCondition} AND batch_id = {batchId:UUID}`,
        { ...seriesParameters(batch.series), batchId: identity.batchId },
      );
      return Number(row?.bars ?? 0);
    };
    const before = await count();
    await this.#store.insertMarketData(batch, identity);
    return (await count()) - before;
  }
}
