import type { Interval } from './interval.ts';

/**
 * Whether a series' prices are as traded (`raw`) or rewritten for splits and dividends (`adjusted`). Some vendors give
 * daily and longer adjusted series as as-traded prices with an adjusted close beside them: the capabilities of a source's
 * collector say which.
 */
export type Adjustment = 'raw' | 'adjusted';

/** Whether a vendor labels an intraday bar by the instant it starts or the instant it ends. */
export type BarLabel = 'start' | 'end';

/** What identifies a series. With a bar's open time it is the key of a bar. */
export interface Series {
  readonly symbol: string;
  readonly interval: Interval;
  /** Where the bars come from, such as `alpha_vantage`; two sources never mix. */
  readonly source: string;
  readonly adjustment: Adjustment;
}

/** First and last open time, both included: milliseconds since the Unix epoch (UTC). */
export interface TimeRange {
  readonly first: number;
  readonly last: number;
}
