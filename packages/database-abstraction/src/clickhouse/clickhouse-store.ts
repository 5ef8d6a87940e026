import { ServiceError } from '@quantumtrade/core-traits';
import {
  type BarBatch,
  type BarLabel,
  type BatchIdentity,
  type InsertOutcome,
  intradayMilliseconds,
  type MarketData,
  type MarketDataQuery,
  type MarketDataStore,
  type QuarantinedBar,
  type Series,
  type StoredBar,
  type StoredQuarantine,
  type StoreOptions,
  toMarketData,
} from '@quantumtrade/shared-types';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { barsBlock, comparableColumns, encodeBars, findChanges } from './bar-columns.ts';
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
  /** Comparing and inserting must not be interleaved for one series. */
  readonly #locks = new KeyedLock();
  /** The label convention of series seen so far; it never changes once a bar is stored. */
  readonly #labels = new Map<string, BarLabel>();

  constructor(options: ClickHouseStoreOptions) {
    this.#engine = options.engine;
    this.#bars = `${options.database}.bars`;
    this.#quarantine = new QuarantineTable(options);
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
    const stored = await this.#engine().nativeBlocks(
      `SELECT ${comparableColumns} FROM ${this.#bars}
       WHERE ${seriesCondition} AND open_time BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC')
         AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')
       ORDER BY open_time, ingested_at DESC`,
      {
        ...seriesParameters(series),
        batchId: identity.batchId,
        first: bars.openTime[0] as number,
        last: bars.openTime[bars.length - 1] as number,
      },
      options,
    );
    const changes = findChanges(bars, stored);
    if (changes.rows.length > 0) {
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
            batch_id: { type: 'UUID', value: identity.batchId },
          },
          block: barsBlock(bars, changes.rows),
          deduplicationToken: identity.part === undefined ? identity.batchId : `${identity.batchId}:${identity.part}`,
        },
        options,
      );
    }
    const added = changes.rows.length + changes.alreadyStored;
    return { stored: added, unchanged: bars.length - added };
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
    const { from, to, limit } = query;
    const conditions = [
      seriesCondition,
      ...(from === undefined ? [] : ["open_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')"]),
      ...(to === undefined ? [] : ["open_time <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')"]),
    ];
    const rows = await this.#engine().rows<BarRow>(
      `SELECT toUnixTimestamp64Milli(open_time) AS at, toString(session_date) AS day, open, high, low, close,
         adjusted_close, volume, quality_score, bar_label, toUnixTimestamp64Milli(ingested_at) AS version, batch_id
       FROM ${this.#bars} WHERE ${conditions.join(' AND ')}
       ORDER BY open_time, ingested_at DESC LIMIT 1 BY open_time ${limit === undefined ? '' : 'LIMIT {limit:UInt64}'}`,
      {
        ...seriesParameters(query),
        ...(from === undefined ? {} : { from: Math.ceil(from) }),
        ...(to === undefined ? {} : { to: Math.floor(to) }),
        ...(limit === undefined ? {} : { limit }),
      },
      options,
    );
    const { symbol, interval, source, adjustment } = query;
    return rows.map((row) => ({
      symbol,
      interval,
      source,
      adjustment,
      openTime: Number(row.at),
      sessionDate: row.day,
      open: row.open,
      high: row.high,
      low: row.low,
      close: row.close,
      adjustedClose: row.adjusted_close,
      volume: row.volume,
      qualityScore: row.quality_score,
      barLabel: row.bar_label,
      ingestedAt: Number(row.version),
      batchId: row.batch_id,
    }));
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

  async getQuarantine(
    query: { readonly symbol?: string | undefined } = {},
    options?: StoreOptions,
  ): Promise<StoredQuarantine[]> {
    return await this.#quarantine.read(query.symbol, options);
  }
}

interface BarRow {
  readonly at: string;
  readonly day: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly adjusted_close: string | null;
  readonly volume: string | null;
  readonly quality_score: number;
  readonly bar_label: BarLabel;
  readonly version: string;
  readonly batch_id: string;
}
