import { Decimal } from 'decimal.js';
import { DateTime } from 'luxon';
import type { Interval } from './interval.ts';
import type { Adjustment, BarLabel, Series } from './series.ts';

/** A bar as it is stored, in plain data: exact decimals as text, instants in milliseconds since the Unix epoch (UTC). */
export interface StoredBar extends Series {
  readonly openTime: number;
  /** The vendor's local date, `2024-01-02`. */
  readonly sessionDate: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** `null` where the vendor gives none. */
  readonly adjustedClose: string | null;
  /** `null` where the series has none. */
  readonly volume: string | null;
  /** 0 to 100. */
  readonly qualityScore: number;
  /** The rules that the bar broke and was accepted all the same. */
  readonly brokenRules: readonly string[];
  readonly barLabel: BarLabel;
  /** The vendor's own word for how fresh its answer was; left out where it gave none. */
  readonly lastRefreshed?: string | undefined;
  /** When this version of the bar was accepted: milliseconds since the Unix epoch (UTC). */
  readonly ingestedAt: number;
  readonly batchId: string;
}

/** A bar (OHLCV) as other services read it: exact `Decimal`s and UTC `DateTime`s. */
export interface MarketData {
  readonly symbol: string;
  readonly interval: Interval;
  readonly source: string;
  readonly adjustment: Adjustment;
  readonly openTime: DateTime;
  /** The vendor's local date, `2024-01-02`. */
  readonly sessionDate: string;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** Equals `close` where the vendor gives none. */
  readonly adjustedClose: Decimal;
  /** `undefined` where the series has none. */
  readonly volume: Decimal | undefined;
  /** 0 to 100. */
  readonly qualityScore: number;
  readonly ingestedAt: DateTime;
}

/** The rich form of a stored bar. */
export function toMarketData(bar: StoredBar): MarketData {
  const close = new Decimal(bar.close);
  return {
    symbol: bar.symbol,
    interval: bar.interval,
    source: bar.source,
    adjustment: bar.adjustment,
    openTime: DateTime.fromMillis(bar.openTime, { zone: 'utc' }),
    sessionDate: bar.sessionDate,
    open: new Decimal(bar.open),
    high: new Decimal(bar.high),
    low: new Decimal(bar.low),
    close,
    adjustedClose: bar.adjustedClose === null ? close : new Decimal(bar.adjustedClose),
    volume: bar.volume === null ? undefined : new Decimal(bar.volume),
    qualityScore: bar.qualityScore,
    ingestedAt: DateTime.fromMillis(bar.ingestedAt, { zone: 'utc' }),
  };
}
