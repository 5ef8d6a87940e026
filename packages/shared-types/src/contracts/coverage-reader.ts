import type { Interval } from '../bars/interval.ts';
import type { Adjustment, Series } from '../bars/series.ts';
import type { CollectionOutcome } from './collection-record.ts';
import type { StoreOptions } from './market-data-store.ts';

/** Series that differ in their symbols only. */
export interface SeriesGroup {
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly source: string;
  readonly adjustment: Adjustment;
}

/** A stretch of time within which bars are counted, in milliseconds since the Unix epoch (UTC). */
export interface TimeSlice {
  /** Told back with the count; slices of one index are counted together. */
  readonly index: number;
  /** First open time. */
  readonly from: number;
  /** Not included. */
  readonly until: number;
}

/** Stored bars of one symbol within the slices of one index. Left out where there are none. */
export interface SliceCount {
  readonly symbol: string;
  readonly index: number;
  /** Versions of one bar count once. */
  readonly bars: number;
  /** A batch that bars of these days came with. */
  readonly batchId: string;
  /** When the newest version of these days was ingested: milliseconds since the Unix epoch (UTC). */
  readonly ingestedAt: number;
}

/** A stored session of a daily or longer series. */
export interface DayCount {
  readonly symbol: string;
  /** `2024-01-02`. */
  readonly session: string;
  readonly batchId: string;
  readonly ingestedAt: number;
}

/** What a collection says about completeness. Instants are milliseconds since the Unix epoch (UTC). */
export interface CollectionAnswer {
  readonly symbol: string;
  readonly interval: Interval;
  readonly batchId: string;
  readonly acceptedAt: number;
  readonly outcome: CollectionOutcome;
  readonly processedCount: number;
  readonly firstOpenTime?: number | undefined;
  readonly lastOpenTime?: number | undefined;
  readonly month?: string | undefined;
  readonly outputSize?: string | undefined;
  readonly errorReason?: string | undefined;
  /** Whether every row that it stored is still there; `false` shows that rows were deleted. */
  readonly intact: boolean;
}

/** A row that the rules rejected, as it waits in quarantine. */
export interface RejectedLabel {
  readonly symbol: string;
  /** The vendor's own word for the bar's time. */
  readonly label: string;
  readonly batchId: string;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly rejectedAt: number;
}

/**
 * Counts what is stored, in the engine, for a ledger of completeness. All methods throw `ServiceError` of kind
 * `database` when the store fails.
 */
export interface CoverageReader {
  /** The symbols that have bars, in order. */
  storedSymbols(group: Omit<SeriesGroup, 'symbols'>, options?: StoreOptions): Promise<string[]>;
  /** Distinct bars within slices of time. */
  countSlices(group: SeriesGroup, slices: readonly TimeSlice[], options?: StoreOptions): Promise<SliceCount[]>;
  /** Sessions that have a bar, of trading days from `from` to `to`, both included. */
  countDays(
    group: SeriesGroup,
    range: { readonly from: string; readonly to: string },
    options?: StoreOptions,
  ): Promise<DayCount[]>;
  /**
   * The newest record of each collection of the series and of the daily series beside them, newest first. Stored answers
   * without a month whose bars all lie outside of a range of open times, in milliseconds since the Unix epoch (UTC), may
   * be left out, but for the newest answer to each request and the oldest one of each series.
   */
  answers(
    group: SeriesGroup,
    range: { readonly from: number; readonly to: number },
    options?: StoreOptions,
  ): Promise<CollectionAnswer[]>;
  /** What of the series is in quarantine, by label and oldest first. */
  rejectedLabels(group: SeriesGroup, options?: StoreOptions): Promise<RejectedLabel[]>;
  /** Bars within the range of a collection that are stored and were when it was accepted, its own included. */
  countKnownTo(series: Series, answer: CollectionAnswer, options?: StoreOptions): Promise<number>;
  /** The open time of the newest bar that opens before an instant; `undefined` where there is none. */
  newestBefore(series: Series, instant: number, options?: StoreOptions): Promise<number | undefined>;
}
