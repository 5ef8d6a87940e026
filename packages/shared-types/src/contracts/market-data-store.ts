import type { BarBatch } from '../bars/bar-batch.ts';
import type { MarketData, StoredBar } from '../bars/market-data.ts';
import type { Series, TimeRange } from '../bars/series.ts';
import type { CollectionQuery, CollectionRecord } from './collection-record.ts';
import type { QuarantinedBar } from './data-processor.ts';

/** Which bars to read. Instants are milliseconds since the Unix epoch (UTC). */
export interface MarketDataQuery extends Series {
  /** First open time, included. */
  readonly from?: number | undefined;
  /** Last open time, included. */
  readonly to?: number | undefined;
  /** At most so many bars, counted from the oldest one in the range. All when left out. */
  readonly limit?: number | undefined;
  /** Counts `limit` from the newest bar in the range instead; what is read comes oldest first all the same. */
  readonly newest?: boolean | undefined;
  /** The state as of this instant: only versions with `ingestedAt` up to it exist. The newest state when left out. */
  readonly asOf?: number | undefined;
}

/** One bar: a series and the instant the bar opens, in milliseconds since the Unix epoch (UTC). */
export interface BarHistoryQuery extends Series {
  readonly openTime: number;
}

/** What identifies one accepted batch; its retries carry the same. */
export interface BatchIdentity {
  /** Unique per batch; named in the engine's deduplication token. */
  readonly batchId: string;
  /** When the batch was accepted: milliseconds since the Unix epoch (UTC). */
  readonly acceptedAt: number;
  /**
   * Which rows of the batch these are, such as `0-50`, where it is stored in parts; left out for the whole. Parts are
   * told apart by the engine's token and are one batch in everything else.
   */
  readonly part?: string | undefined;
}

/** What became of a batch: `stored + unchanged` is its length. */
export interface InsertOutcome {
  /** New bars and new versions of known bars. */
  readonly stored: number;
  /** Bars equal to the newest stored version. */
  readonly unchanged: number;
}

/** A rejected row as the vendor wrote it. */
export interface StoredQuarantine extends Series, QuarantinedBar {
  readonly quarantinedAt: number;
  readonly batchId: string;
  /** Tells the rows of a batch apart: up to 64 letters and digits, made from the text of the row and its rules. */
  readonly rowId: string;
}

/** Where a rejected row stands in the list of all; of the label the first {@link quarantineLabelLength} characters count. */
export type QuarantinePosition = Pick<StoredQuarantine, 'quarantinedAt' | 'batchId' | 'label' | 'rowId'>;

/** How many characters (code points) of the label have a say in the order of rejected rows. */
export const quarantineLabelLength = 32;

/** Which rejected rows to read. */
export interface QuarantineQuery {
  readonly symbol?: string | undefined;
  /** Only rows that come after this one, which need not be there any more. */
  readonly after?: QuarantinePosition | undefined;
  /** At most so many, counted from the oldest one. All when left out. */
  readonly limit?: number | undefined;
}

export interface StoreOptions {
  /** Gives up waiting; what the engine has begun may still finish. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps every version of every bar. A weekly or monthly bar of a period that is still going on carries the newest date
 * there is, so the same period comes back under another date later. Of the rows of one calendar week (Monday to Sunday
 * of the session date) or month only the one with the latest session date is current; the others are superseded: reads
 * leave them out, unless they ask for an instant at which the later one was not there.
 *
 * All methods throw `ServiceError` of kind `database` when the store fails, and
 * inserts throw kind `configuration`, reason `barLabelMix`, for an intraday batch whose label convention differs from
 * what the series already has.
 */
export interface MarketDataStore {
  /**
   * Adds the bars whose values differ from the newest stored version. Repeating a call with the same identity adds
   * nothing, also after newer batches, and gives the outcome of the first. What is inserted last is the newest version.
   *
   * @throws ServiceError of kind `database`, reason `valueNotStorable`, not retryable, for a batch with a value that the
   * store cannot hold exactly; nothing of it is stored then.
   */
  insertMarketData(batch: BarBatch, identity: BatchIdentity, options?: StoreOptions): Promise<InsertOutcome>;
  /**
   * Says that a batch is on its way, so that what it will be compared with can be looked up meanwhile. A hint that nothing
   * depends on: it never throws, the batch need not come, and another one of the series may come before it.
   *
   * @param identity the very object that the batch will be inserted with.
   * @param range of its open times, where it is known already: the same batch may be announced without it first.
   */
  announce?(series: Series, identity: BatchIdentity, range?: TimeRange): void;
  /** The newest version of each bar, or the newest as of an instant, oldest bar first; superseded bars are left out. */
  getMarketData(query: MarketDataQuery, options?: StoreOptions): Promise<MarketData[]>;
  /** The same as {@link MarketDataStore.getMarketData} in plain data. */
  getStoredBars(query: MarketDataQuery, options?: StoreOptions): Promise<StoredBar[]>;
  /**
   * The same as {@link MarketDataStore.getStoredBars}, each bar as the text of a {@link BarJson}: for those who pass bars on
   * without looking at them, which costs them next to nothing.
   */
  getBarTexts(query: MarketDataQuery, options?: StoreOptions): Promise<string[]>;
  /** Every version of one bar, oldest first, superseded or not; empty when there is none. */
  getBarHistory(query: BarHistoryQuery, options?: StoreOptions): Promise<StoredBar[]>;
  /** Keeps rejected rows; a row that is already there with the same text and rules adds nothing. */
  insertQuarantine(
    series: Series,
    rows: readonly QuarantinedBar[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void>;
  /** Rejected rows, oldest first, and of one instant by batch, label and {@link StoredQuarantine.rowId}. */
  getQuarantine(query?: QuarantineQuery, options?: StoreOptions): Promise<StoredQuarantine[]>;
  /** Keeps what became of a collection; a later record of the same batch takes the place of the earlier one. */
  insertCollection(record: CollectionRecord, options?: StoreOptions): Promise<void>;
  /** What became of collections, newest first, and of one instant by batch; of one symbol when given. */
  getCollections(query?: CollectionQuery, options?: StoreOptions): Promise<CollectionRecord[]>;
}
