import { createHash } from 'node:crypto';
import { ServiceError } from '@quantumtrade/core-traits';
import {
  type BarBatch,
  type BarHistoryQuery,
  type BarLabel,
  type BatchIdentity,
  barJson,
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
  storedBarAt,
  toMarketData,
} from '@quantumtrade/shared-types';
import { withoutSuperseded } from './current-bars.ts';
import { inOrderOfQuarantine, newestFirst } from './list-order.ts';
import { quarantineKey } from './quarantine-key.ts';
import { seriesKey, seriesOf } from './series-key.ts';

interface StoredSeries {
  readonly barLabel: BarLabel;
  /** What each batch, or part of one, did, so that a retry can say the same. */
  readonly outcomes: Map<string, InsertOutcome>;
  /** By open time: every version, the newest last. */
  readonly bars: Map<number, StoredBar[]>;
}

/**
 * Keeps every version of every bar in memory, with the semantics that the contract documents. It holds what it is given
 * word for word and exactly, whatever its size.
 */
export class InMemoryMarketDataStore implements MarketDataStore {
  readonly #series: Map<string, StoredSeries> = new Map();
  readonly #quarantine: Map<string, StoredQuarantine> = new Map();
  readonly #collections: Map<string, CollectionRecord> = new Map();
  #failure: Error | undefined;

  /** Rejects every call from now on until {@link InMemoryMarketDataStore.recover}; what is stored stays. */
  failWith(error: Error = outage()): void {
    this.#failure = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#failure = undefined;
  }

  async insertMarketData(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    this.#begin(options);
    const key = seriesKey(batch.series);
    const known = this.#series.get(key);
    const intraday = intradayMilliseconds(batch.series.interval) !== undefined;
    if (intraday && known !== undefined && known.barLabel !== batch.barLabel) throw labelMix(batch, known.barLabel);
    if (batch.length === 0) return { stored: 0, unchanged: 0 };
    const target: StoredSeries = known ?? { barLabel: batch.barLabel, outcomes: new Map(), bars: new Map() };
    this.#series.set(key, target);
    // A retry that comes after a newer batch must not bring the old values back.
    const attempt = [identity.batchId, identity.part, batch.openTime[0], batch.openTime.at(-1), batch.length].join(' ');
    const before = target.outcomes.get(attempt);
    if (before !== undefined) return before;
    let stored = 0;
    for (let row = 0; row < batch.length; row++) {
      if (addVersion(target.bars, storedBarAt(batch, row, identity))) stored += 1;
    }
    const outcome = { stored, unchanged: batch.length - stored };
    target.outcomes.set(attempt, outcome);
    return outcome;
  }

  async getMarketData(query: MarketDataQuery, options?: StoreOptions): Promise<MarketData[]> {
    return (await this.getStoredBars(query, options)).map(toMarketData);
  }

  async getBarTexts(query: MarketDataQuery, options?: StoreOptions): Promise<string[]> {
    return (await this.getStoredBars(query, options)).map((bar) => JSON.stringify(barJson(bar)));
  }

  async getStoredBars(query: MarketDataQuery, options?: StoreOptions): Promise<StoredBar[]> {
    this.#begin(options);
    const endless = Number.POSITIVE_INFINITY;
    const { from = -endless, to = endless, limit = endless, asOf = endless } = query;
    const newest = [...(this.#series.get(seriesKey(query))?.bars.values() ?? [])]
      .flatMap((versions) => versions.filter(({ ingestedAt }) => ingestedAt <= asOf).slice(-1))
      .sort((a, b) => a.openTime - b.openTime);
    const inRange = withoutSuperseded(query.interval, newest).filter(
      ({ openTime }) => openTime >= from && openTime <= to,
    );
    return inRange
      .slice(...(query.newest === true ? [Math.max(0, inRange.length - limit)] : [0, limit]))
      .map((bar) => structuredClone(bar));
  }

  async getBarHistory(query: BarHistoryQuery, options?: StoreOptions): Promise<StoredBar[]> {
    this.#begin(options);
    return this.versions(query, query.openTime).map((bar) => structuredClone(bar));
  }

  async insertQuarantine(
    series: Series,
    rows: readonly QuarantinedBar[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    this.#begin(options);
    for (const row of rows) {
      const key = quarantineKey(series, row);
      if (this.#quarantine.has(key)) continue;
      this.#quarantine.set(key, {
        ...seriesOf(series),
        label: row.label,
        values: { ...row.values },
        qualityScore: row.qualityScore,
        brokenRules: [...row.brokenRules],
        quarantinedAt: identity.acceptedAt,
        batchId: identity.batchId,
        rowId: createHash('sha256').update(key).digest('hex'),
      });
    }
  }

  async getQuarantine(query: QuarantineQuery = {}, options?: StoreOptions): Promise<StoredQuarantine[]> {
    this.#begin(options);
    const { symbol, after, limit } = query;
    return [...this.#quarantine.values()]
      .filter((row) => symbol === undefined || row.symbol === symbol)
      .filter((row) => after === undefined || inOrderOfQuarantine(row, after) > 0)
      .sort(inOrderOfQuarantine)
      .slice(0, limit)
      .map((row) => structuredClone(row));
  }

  async insertCollection(record: CollectionRecord, options?: StoreOptions): Promise<void> {
    this.#begin(options);
    this.#collections.set(record.batchId, structuredClone(record));
  }

  async getCollections(query: CollectionQuery = {}, options?: StoreOptions): Promise<CollectionRecord[]> {
    this.#begin(options);
    const { symbol, after, limit } = query;
    return [...this.#collections.values()]
      .filter((record) => symbol === undefined || record.symbol === symbol)
      .filter((record) => after === undefined || newestFirst(record, after) > 0)
      .sort(newestFirst)
      .slice(0, limit)
      .map((record) => structuredClone(record));
  }

  /** Every version of one bar, oldest first; also during an outage. */
  versions(series: Series, openTime: number): readonly StoredBar[] {
    return [...(this.#series.get(seriesKey(series))?.bars.get(openTime) ?? [])];
  }

  /** Every version of every bar of a series, in no order; also during an outage. */
  allVersions(series: Series): readonly StoredBar[] {
    return [...(this.#series.get(seriesKey(series))?.bars.values() ?? [])].flat();
  }

  /** Every series that has a bar; also during an outage. */
  allSeries(): readonly Series[] {
    return [...this.#series.values()].flatMap(({ bars }) => {
      const [first] = bars.values().next().value ?? [];
      return first === undefined ? [] : [seriesOf(first)];
    });
  }

  /** Takes bars away with all their versions, as somebody might who works on the database itself. */
  deleteBars(series: Series, openTimes: readonly number[]): void {
    const bars = this.#series.get(seriesKey(series))?.bars;
    for (const openTime of openTimes) bars?.delete(openTime);
  }

  #begin(options: StoreOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** Adds a bar unless it equals the newest version; says whether it did. */
function addVersion(bars: Map<number, StoredBar[]>, bar: StoredBar): boolean {
  const versions = bars.get(bar.openTime);
  if (versions === undefined) {
    bars.set(bar.openTime, [bar]);
    return true;
  }
  // Stored before by this very batch, whole or in part.
  if (versions.some(({ batchId }) => batchId === bar.batchId)) return true;
  const newest = versions.at(-1);
  if (newest !== undefined && valuesOf(newest) === valuesOf(bar)) return false;
  // A version is newer than what it follows even when the clock stood still or went back.
  versions.push({ ...bar, ingestedAt: Math.max(bar.ingestedAt, (newest?.ingestedAt ?? 0) + 1) });
  return true;
}

/** What makes two versions different: the vendor's values, not our judgement of them or our bookkeeping. */
function valuesOf({ open, high, low, close, adjustedClose, volume }: StoredBar): string {
  return JSON.stringify([open, high, low, close, adjustedClose, volume]);
}

function outage(): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'storeUnavailable', message: 'the fake store was told to fail' });
}

function labelMix({ series, barLabel }: BarBatch, known: BarLabel): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'barLabelMix',
    message: `${series.symbol} ${series.interval} has bars labelled by their ${known}: label this batch so, not by its ${barLabel}`,
  });
}
