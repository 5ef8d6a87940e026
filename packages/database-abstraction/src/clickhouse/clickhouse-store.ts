import { setImmediate as nextTurn } from 'node:timers/promises';
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
  type TimeRange,
  toMarketData,
} from '@quantumtrade/shared-types';
import { LRUCache } from 'lru-cache';
import { joinInserts } from '../engine/join-inserts.ts';
import type { NativeBlock } from '../engine/native-format.ts';
import type { NativeInsert, SqlEngine } from '../engine/sql-engine.ts';
import { AnnouncedLookups } from './announced-lookups.ts';
import { decimalsOf } from './bar-columns.ts';
import { barHistoryQuery, currentBarsQuery } from './bar-query.ts';
import { type BarRow, barJsonSelectList, barSelectList, toStoredBar } from './bar-rows.ts';
import { barsBlock } from './bars-block.ts';
import { CollectionsTable } from './collections-table.ts';
import { barsDeduplicationToken } from './deduplication-token.ts';
import { findChanges, wholeBatch } from './find-changes.ts';
import { type CoalescingLimits, GroupCommit, GroupFailed } from './group-commit.ts';
import { insertedBar } from './inserted-bar.ts';
import { instant } from './instant.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { NewSeries } from './new-series.ts';
import { NewestBars } from './newest-bars.ts';
import { QuarantineTable } from './quarantine-table.ts';
import { changesIn, type SeriesChanges } from './series-changes.ts';
import { seriesConstants, seriesKey } from './series-filter.ts';
import { refuseTimesOutside, refuseValuesOutside } from './stored-range.ts';
import { StoredVersions, type VersionsQuery } from './stored-versions.ts';

export interface ClickHouseStoreOptions {
  /** The engine, asked for at each use: a store exists before its engine is connected. */
  readonly engine: () => SqlEngine;
  readonly database: string;
  /** How much is written and looked up together where several batches come at a time; nothing when left out. */
  readonly coalescing?: CoalescingLimits | undefined;
  /**
   * Of a batch that is larger than this, parts of so many rows are written side by side. Smaller parts cost more than they
   * save.
   *
   * @default 50000
   */
  readonly rowsOfPart?: number | undefined;
  /** Is told which series had nothing stored before. */
  readonly newSeries?: NewSeries | undefined;
}

/** How many parts of a batch are on their way at once. */
const partsAtOnce = 2;

/** Bars in ClickHouse, all versions kept. */
export class ClickHouseStore implements MarketDataStore {
  readonly #engine: () => SqlEngine;
  readonly #database: string;
  readonly #bars: string;
  readonly #rowsOfPart: number;
  readonly #versions: StoredVersions;
  readonly #newSeries: NewSeries | undefined;
  readonly #joined: GroupCommit<NativeInsert, undefined>;
  readonly #quarantine: QuarantineTable;
  readonly #collections: CollectionsTable;
  /** Comparing and inserting must not be interleaved for one series. */
  readonly #locks = new KeyedLock();
  /** The label convention of series seen so far; it never changes once a bar is stored. */
  readonly #labels = new Map<string, BarLabel>();
  readonly #announced = new AnnouncedLookups<readonly NativeBlock[]>();
  readonly #announcedLabels = new AnnouncedLookups<BarLabel | undefined>();
  readonly #newest = new NewestBars();
  /** Batches that added nothing have no rows that a retry could be known by. */
  readonly #addedNothing = new LRUCache<string, InsertOutcome>({ max: 10_000 });

  constructor(options: ClickHouseStoreOptions) {
    this.#engine = options.engine;
    this.#database = options.database;
    this.#bars = `${options.database}.bars`;
    const limits = options.coalescing;
    this.#rowsOfPart = options.rowsOfPart ?? 50_000;
    this.#newSeries = options.newSeries;
    this.#versions = new StoredVersions({ ...options, table: this.#bars, limits });
    this.#joined = new GroupCommit<NativeInsert, undefined>({
      limits,
      rowsOf: ({ block }) => block.rows,
      together: async (inserts) => {
        await this.#engine().insertNative(joinInserts(inserts));
        return inserts.map(() => undefined);
      },
    });
    this.#quarantine = new QuarantineTable(options);
    this.#collections = new CollectionsTable(options);
  }

  async insertMarketData(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    if (batch.length === 0) return { stored: 0, unchanged: 0 };
    const insert = (): Promise<InsertOutcome> => this.#insertChanges(batch, identity, options);
    return await this.#locks.run(seriesKey(batch.series), insert, options?.signal);
  }

  announce(series: Series, identity: BatchIdentity, range?: TimeRange): void {
    const changes = this.#changes();
    // Into a server others write too: between looking up and inserting there should be as little time as can be.
    if (changes === undefined) return;
    if (range !== undefined) {
      const query = { series, ...range, batchId: identity.batchId };
      this.#announced.begin(identity, query, changes, this.#storedVersions(query, identity));
    } else if (!this.#labels.has(seriesKey(series))) {
      this.#announcedLabels.begin(identity, { series }, changes, this.#versions.label(series));
    }
  }

  /** What tells whether a series changes; `undefined` where others write too, or nothing is connected yet. */
  #changes(): SeriesChanges | undefined {
    try {
      return changesIn(this.#engine(), this.#database);
    } catch {
      return undefined;
    }
  }

  async #insertChanges(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome> {
    const { series } = batch;
    refuseTimesOutside(batch.openTime, batch.sessionDate);
    const range = { first: batch.openTime[0] as number, last: batch.openTime[batch.length - 1] as number };
    const query = { series, ...range, batchId: identity.batchId };
    const attempt = [identity.batchId, seriesKey(series), range.first, range.last, batch.length].join(' ');
    const before = this.#addedNothing.get(attempt);
    if (before !== undefined) return before;
    // The engine looks things up while the batch is looked through here.
    const checked = nextTurn().then(() => refuseValuesOutside(batch));
    const checking = { batch, identity, query, checked };
    let outcome: InsertOutcome;
    try {
      // What is written in parts has no use for others' rows.
      const joins = batch.length <= this.#rowsOfPart;
      const insert = (insert: NativeInsert): Promise<void> =>
        joins ? this.#insert(insert, options) : this.#engine().insertNative(insert, options);
      outcome = await this.#compareAndInsert(checking, insert, options);
    } catch (error) {
      if (!(error instanceof GroupFailed)) throw error;
      // Compared again: whatever became of the joined insert, nothing is stored twice.
      outcome = await this.#compareAndInsert(
        checking,
        (insert) => this.#engine().insertNative(insert, options),
        options,
      );
    }
    if (outcome.stored === 0) this.#addedNothing.set(attempt, outcome);
    return outcome;
  }

  async #compareAndInsert(
    { batch, identity, query, checked }: CheckedBatch,
    insert: (insert: NativeInsert) => Promise<void>,
    options?: StoreOptions,
  ): Promise<InsertOutcome> {
    const { series } = batch;
    const seriesChanges = this.#changes();
    const announced = this.#announced.take(identity, query, seriesChanges)?.catch(() => undefined);
    const lookUp = async (): Promise<readonly NativeBlock[]> =>
      (await announced) ?? (await this.#storedVersions(query, identity, options));
    const [stored] = await Promise.all([lookUp(), checked]);
    this.#refuseLabelMix(batch);
    const changes = stored.length === 0 ? wholeBatch(batch) : await findChanges(batch, decimalsOf(batch), stored);
    if (changes.rows.length > 0) {
      options?.signal?.throwIfAborted();
      // A version is newer than what it follows even when the clock stands still or goes back.
      const version = Math.max(identity.acceptedAt, (changes.newestVersion ?? 0) + 1);
      const constants = {
        ...seriesConstants(series),
        ingested_at: { type: "DateTime64(3, 'UTC')", value: instant(version) },
        bar_label: { type: 'String', value: batch.barLabel },
        last_refreshed: { type: 'String', value: batch.lastRefreshed ?? '' },
        batch_id: { type: 'UUID', value: identity.batchId },
      };
      const insertRows = async (rows: Uint32Array): Promise<void> => {
        const block = barsBlock(batch, rows, 'narrow');
        const blockInTableTypes = () => barsBlock(batch, rows, 'table');
        const deduplicationToken = () => barsDeduplicationToken(identity, series, block);
        await insert({ table: this.#bars, constants, block, blockInTableTypes, deduplicationToken });
      };
      const parts = this.#engine().failsForSure ? cutByPosition(changes.rows, this.#rowsOfPart) : [changes.rows];
      const run = (): Promise<void> => forAll(parts, (rows) => nextTurn().then(() => insertRows(rows)));
      const newest = () => insertedBar(batch, changes.rows.at(-1) as number, { ...identity, acceptedAt: version });
      await (seriesChanges === undefined ? run() : this.#newest.through({ series, run, newest }, seriesChanges));
      this.#newSeries?.stored(series, query.first, !this.#labels.has(seriesKey(series)));
      this.#labels.set(seriesKey(series), batch.barLabel);
    }
    const added = changes.rows.length + changes.alreadyStored;
    return { stored: added, unchanged: batch.length - added };
  }

  /** Where a failed insert may have been stored all the same, its repetition must be the same insert: none are joined. */
  async #insert(insert: NativeInsert, options?: StoreOptions): Promise<void> {
    if (this.#engine().failsForSure) await this.#joined.run(insert, options?.signal);
    else await this.#engine().insertNative(insert, options);
  }

  /**
   * The stored versions in a range. Of a series that this process has not seen, the label convention is asked for first:
   * where there is none, there is nothing to compare with.
   */
  async #storedVersions(
    query: VersionsQuery,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<readonly NativeBlock[]> {
    const { series } = query;
    const key = seriesKey(series);
    if (!this.#labels.has(key)) {
      const lookUp = (): Promise<BarLabel | undefined> => this.#versions.label(series, options);
      const announced = this.#announcedLabels.take(identity, { series }, this.#changes());
      const label = await (announced?.catch(lookUp) ?? lookUp());
      if (label === undefined) return [];
      this.#labels.set(key, label);
    }
    return await this.#versions.versions(query, options);
  }

  /** A series whose bars are labelled by their start and one labelled by their end would be an interval apart. */
  #refuseLabelMix({ series, barLabel }: BarBatch): void {
    if (intradayMilliseconds(series.interval) === undefined) return;
    const known = this.#labels.get(seriesKey(series));
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
    const changes = asksForTheNewest(query) ? this.#changes() : undefined;
    if (changes === undefined) return await this.#readBars(query, options);
    options?.signal?.throwIfAborted();
    const bar = await this.#newest.get(query, changes, async () => (await this.#readBars(query, options))[0]);
    return bar === undefined ? [] : [bar];
  }

  async #readBars(query: MarketDataQuery, options?: StoreOptions): Promise<StoredBar[]> {
    const { sql, parameters } = currentBarsQuery(this.#bars, query, barSelectList);
    const bars = (await this.#engine().rows<BarRow>(sql, parameters, options)).map((row) => toStoredBar(query, row));
    return query.newest === true ? bars.reverse() : bars;
  }

  async getBarTexts(query: MarketDataQuery, options?: StoreOptions): Promise<string[]> {
    const { sql, parameters } = currentBarsQuery(this.#bars, query, barJsonSelectList);
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#engine().formatted(sql, 'JSONEachRow', parameters, options)) chunks.push(chunk);
    // A line break within a text is escaped.
    const texts = Buffer.concat(chunks)
      .toString('utf8')
      .split('\n')
      .filter((text) => text !== '');
    return query.newest === true ? texts.reverse() : texts;
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

/** A batch whose values are being checked, and what it is compared with. */
interface CheckedBatch {
  readonly batch: BarBatch;
  readonly identity: BatchIdentity;
  readonly query: VersionsQuery;
  /** Rejects for what cannot be stored. */
  readonly checked: Promise<void>;
}

/** Whether a query asks for the newest bar of all, in the newest state. */
function asksForTheNewest({ newest, limit, from, to, asOf }: MarketDataQuery): boolean {
  return newest === true && limit === 1 && from === undefined && to === undefined && asOf === undefined;
}

/**
 * Rows of a batch, in rising order, in parts by where they stand in the batch: a repetition, for which some of them are
 * stored, cuts at the same places.
 */
function cutByPosition(rows: Uint32Array, length: number): Uint32Array[] {
  const parts: Uint32Array[] = [];
  for (let from = 0; from < rows.length; ) {
    const part = Math.floor((rows[from] as number) / length);
    let to = Math.min(from + length, rows.length);
    while (Math.floor((rows[to - 1] as number) / length) > part) to--;
    parts.push(rows.subarray(from, to));
    from = to;
  }
  return parts;
}

/**
 * Does something with each part, some at once: one is laid out while another one is written. A part that fails keeps the
 * others from nothing, and none is under way any more when the first failure is thrown.
 */
async function forAll(parts: readonly Uint32Array[], work: (rows: Uint32Array) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const rest = parts.values();
  const take = async (): Promise<void> => {
    for (const rows of rest) await work(rows).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: partsAtOnce }, take));
  if (failures.length > 0) throw failures[0];
}
