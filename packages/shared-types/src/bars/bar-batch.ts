import type { BrokenRulesColumn } from './broken-rules.ts';
import type { BarField } from './raw-bars.ts';
import type { BarLabel, Series } from './series.ts';

/**
 * Exact decimals: row i is `units[i] / 10^scale`. Units are safe integers in a `Float64Array` wherever the whole column
 * fits, and `bigint`s otherwise; either way nothing is rounded. `scale` is 0 to 18.
 */
export interface DecimalColumn {
  readonly scale: number;
  readonly units: Float64Array | readonly bigint[];
}

/** Accepted bars of one series as columns, oldest first, each key once. */
export interface BarBatch {
  readonly series: Series;
  readonly barLabel: BarLabel;
  readonly lastRefreshed?: string | undefined;
  readonly length: number;
  /** Instant the bar opens: milliseconds since the Unix epoch (UTC). */
  readonly openTime: Float64Array;
  /** The vendor's own local date of the bar, in days since 1970-01-01. */
  readonly sessionDate: Int32Array;
  readonly open: DecimalColumn;
  readonly high: DecimalColumn;
  readonly low: DecimalColumn;
  readonly close: DecimalColumn;
  /** Left out where the vendor gives none. */
  readonly adjustedClose?: DecimalColumn | undefined;
  /** Left out where the series has none. Whole shares for stocks, fractional for crypto. */
  readonly volume?: DecimalColumn | undefined;
  /** 0 to 100. */
  readonly qualityScore: Uint8Array;
  /** The rules that accepted bars broke all the same; left out where no row broke any. */
  readonly brokenRules?: BrokenRulesColumn | undefined;
}

/** One value of a decimal column as plain text, without trailing zeros: `218.2`. */
export function decimalTextAt(column: DecimalColumn, row: number): string {
  const units = column.units[row];
  if (units === undefined) throw new RangeError(`row ${row} is outside the column`);
  const negative = units < 0;
  // A safe integer prints itself exactly, many times faster than a bigint.
  const magnitude = Number.isSafeInteger(units) ? Math.abs(units as number) : negative ? -BigInt(units) : BigInt(units);
  const digits = String(magnitude).padStart(column.scale + 1, '0');
  const point = digits.length - column.scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === zero) end--;
  const whole = digits.slice(0, point);
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`;
  return negative && text !== '0' ? `-${text}` : text;
}

const zero = 0x30;

/** One bar of a batch as text: what other stores and caches keep. */
export function barTextAt(batch: BarBatch, row: number): Record<BarField, string | undefined> {
  return {
    open: decimalTextAt(batch.open, row),
    high: decimalTextAt(batch.high, row),
    low: decimalTextAt(batch.low, row),
    close: decimalTextAt(batch.close, row),
    adjustedClose: batch.adjustedClose && decimalTextAt(batch.adjustedClose, row),
    volume: batch.volume && decimalTextAt(batch.volume, row),
  };
}
