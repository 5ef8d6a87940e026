import {
  type Adjustment,
  type BarLabel,
  type Interval,
  type RawBarRow,
  type RawBars,
  rawBarsFromRows,
} from '@quantumtrade/shared-types';

export interface RawBarsOptions {
  /** `IBM` when left out. */
  readonly symbol?: string;
  /** `daily` when left out. */
  readonly interval?: Interval;
  /** `fake` when left out. */
  readonly source?: string;
  /** `raw` when left out. */
  readonly adjustment?: Adjustment;
  /** IANA zone of the labels; `America/New_York` when left out. */
  readonly timeZone?: string;
  /** `start` when left out. */
  readonly barLabel?: BarLabel;
  readonly lastRefreshed?: string;
  /** The vendor's text, in the vendor's order. Nothing is filled in or checked: broken rows are welcome. */
  readonly rows: readonly RawBarRow[];
}

/** Raw bars as a vendor might have written them. */
export function rawBars(options: RawBarsOptions): RawBars {
  return rawBarsFromRows(
    {
      series: {
        symbol: options.symbol ?? 'IBM',
        interval: options.interval ?? 'daily',
        source: options.source ?? 'fake',
        adjustment: options.adjustment ?? 'raw',
      },
      timeZone: options.timeZone ?? 'America/New_York',
      barLabel: options.barLabel ?? 'start',
      lastRefreshed: options.lastRefreshed,
    },
    options.rows,
  );
}
