import { ServiceError } from '@quantumtrade/core-traits';
import {
  type BarBatch,
  type BarHistoryQuery,
  type BarLabel,
  type BatchIdentity,
  type CollectionQuery,
  type CollectionRecord,
  type InsertOutcome,
  intradayMilliseconds,
  type MarketData,
  type MarketDataQuery,
  type MarketDataStore,
  type QuarantinedBar,
  type QuarantineQuery,
  type Series,
  type StoredBar,
  type StoredQuarantine,
  type StoreOptions,
  toMarketData,
} from '@quantumtrade/shared-types';
import { LRUCache } from 'lru-cache';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { barsBlock, comparableColumns, encodeBars, findChanges } from './bar-columns.ts';
import { barHistoryQuery, currentBarsQuery } from './bar-query.ts';
import { type BarRow, toStoredBar } from './bar-rows.ts';
import { CollectionsTable } from './collections-table.ts';
import { deduplicationToken } from './deduplication-token.ts';
import { instant } from './instant.ts';
import { KeyedLock } from './keyed-lock.ts';
import { QuarantineTable } from './quarantine-table.ts';
import { seriesCondition, seriesConstants, seriesKey, seriesParameters } from './series-filter.ts';

export interface ClickHouseStoreOptions {
  /** The engine, asked for at each use: a store exists before its engine is connected. */
  readonly engine: () => SqlEngine;
  readonly database: string;
}

/** Bars in ClickHouse, all versions kept. */
export class ClickHouseStore implements MarketDataStore {
  readonly #engine: () => SqlEngine;
  readonly #bars: string;
  readonly #quarantine: QuarantineTable;
  readonly #collections: CollectionsTable;
  /** Comparing and inserting must not be interleaved for one series. */
  readonly #locks = new KeyedLock();
  /** The label convention of series seen so far; it never changes once a bar is stored. */
  readonly #labels = new Map<string, BarLabel>();
  /** Batches that added nothing have no rows that a retry could be known by. */
  readonly #addedNothing = new LRUCache<string, InsertOutcome>({ max: 10_000 });

  constructor(options: ClickHouseStoreOptions) {
    this.#engine = options.engine;
    this.#bars = `${options.database}.bars`;
    this.#quarantine = new QuarantineTable(options);
    this.#collections = new CollectionsTable(options);
  }

  async insertMarketData(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    if (batch.length === 0) return { stored: 0, unchanged: 0 };
    const insert = (): Promise<InsertOutcome> => this.#insertChanges(batch, identity, options);
    return await this.#locks.run(seriesKey(batch.series), insert, options?.signal);
  }

  async #insertChanges(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    const { series } = batch;
    await this.#refuseLabelMix(batch, options);
    const bars = encodeBars(batch);
    const first = bars.openTime[0] as number;
    const last = bars.openTime[bars.length - 1] as number;
    const attempt = [identity.batchId, seriesKey(series), first, last, bars.length].join(' ');
    const before = this.#addedNothing.get(attempt);
    if (before !== undefined) return before;
    const stored = await this.#engine().nativeBlocks(
      `SELECT ${comparableColumns} FROM ${this.#bars}
       WHERE ${seriesCondition} AND open_time BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC')
         AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')
       ORDER BY open_time, ingested_at DESC`,
      {
        ...seriesParameters(series),
        batchId: identity.batchId,
        first,
        last,
      },
      options,
    );
    const changes = findChanges(bars, stored);
    if (changes.rows.length > 0) {
      const block = barsBlock(bars, changes.rows);
      await this.#engine().insertNative(
        {
          table: this.#bars,
          constants: {
            ...seriesConstants(series),
            // A version is newer than what it follows even when the clock stands still or goes back.
            ingested_at: {
              type: "DateTime64(3, 'UTC')",
              value: instant(Math.max(identity.acceptedAt, (changes.newestVersion ?? 0) + 1)),
            },
            bar_label: { type: 'String', value: batch.barLabel },
            last_refreshed: { type: 'String', value: batch.lastRefreshed ?? '' },
            batch_id: { type: 'UUID', value: identity.batchId },
          },
          block,
          deduplicationToken: deduplicationToken(identity, block),
        },
        options,
      );
    }
    const added = changes.rows.length + changes.alreadyStored;
    const outcome = { stored: added, unchanged: bars.length - added };
    if (added === 0) this.#addedNothing.set(attempt, outcome);
    return outcome;
  }

  /** A series whose bars are labelled by their start and one labelled by their end would be an interval apart. */
  async #refuseLabelMix(batch: BarBatch, options?: StoreOptions): Promise<void> {
    const { series, barLabel } = batch;
    if (intradayMilliseconds(series.interval) === undefined) return;
    const key = seriesKey(series);
    let known = this.#labels.get(key);
    if (known === undefined) {
      const [row] = await this.#engine().rows<{ bar_label: BarLabel }>(
        `SELECT bar_label FROM ${this.#bars} WHERE ${seriesCondition} LIMIT 1`,
        seriesParameters(series),
        options,
      );
      known = row?.bar_label;
      if (known !== undefined) this.#labels.set(key, known);
    }
    if (known === undefined || known === barLabel) return;
    throw new ServiceError({
      kind: 'configuration',
      reason: 'barLabelMix',
      message:
        `${series.symbol} ${series.interval} is stored with bars labelled by their ${known} and these are labelled by ` +
        `their ${barLabel}: set alpha_vantage.bar_label = "${known}", or use another data directory`,
    });
  }

  async getMarketData(query: MarketDataQuery, options?: StoreOptions): Promise<MarketData[]> {
    return (await this.getStoredBars(query, options)).map(toMarketData);
  }

  async getStoredBars(query: MarketDataQuery, options?: StoreOptions): Promise<StoredBar[]> {
    const { sql, parameters } = currentBarsQuery(this.#bars, query);
    const bars = (await this.#engine().rows<BarRow>(sql, parameters, options)).map((row) => toStoredBar(query, row));
    return query.newest === true ? bars.reverse() : bars;
  }

  async getBarHistory(query: BarHistoryQuery, options?: StoreOptions): Promise<StoredBar[]> {
    const { sql, parameters } = barHistoryQuery(this.#bars, query);
    return (await this.#engine().rows<BarRow>(sql, parameters, options)).map((row) => toStoredBar(query, row));
  }

  async insertQuarantine(
    series: Series,
    rows: readonly QuarantinedBar[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    if (rows.length === 0) return;
    const insert = (): Promise<void> => this.#quarantine.insert(series, rows, identity, options);
    await this.#locks.run(`quarantine ${seriesKey(series)}`, insert, options?.signal);
  }

  async getQuarantine(query: QuarantineQuery = {}, options?: StoreOptions): Promise<StoredQuarantine[]> {
    return await this.#quarantine.read(query, options);
  }

  async insertCollection(record: CollectionRecord, options?: StoreOptions): Promise<void> {
    await this.#collections.insert(record, options);
  }

  async getCollections(query: CollectionQuery = {}, options?: StoreOptions): Promise<CollectionRecord[]> {
    return await this.#collections.read(query, options);
  }
}
