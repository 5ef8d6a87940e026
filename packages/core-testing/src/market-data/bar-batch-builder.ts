import type {
  Adjustment,
  BarBatch,
  BarLabel,
  BrokenRulesColumn,
  DecimalColumn,
  Interval,
} from '@quantumtrade/shared-types';
import { decimalColumn } from './decimal-column.ts';

/** One bar of {@link barBatch}; prices and volume are plain decimal text. */
export interface BarBatchRow {
  /** Instant the bar opens: milliseconds since the Unix epoch (UTC), or ISO text such as `2024-01-02T14:30:00Z`. */
  readonly openTime: number | string;
  /** The vendor's local date, `2024-01-02`; the UTC date of `openTime` when left out. */
  readonly sessionDate?: string;
  readonly close: string;
  /** Equals `close` when left out, as `high` and `low` do. */
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly adjustedClose?: string;
  readonly volume?: string;
  /** 0 to 100; 100 when left out. */
  readonly qualityScore?: number;
  /** None when left out. */
  readonly brokenRules?: readonly string[];
}

export interface BarBatchOptions {
  /** `IBM` when left out. */
  readonly symbol?: string;
  /** `daily` when left out. */
  readonly interval?: Interval;
  /** `fake` when left out. */
  readonly source?: string;
  /** `raw` when left out. */
  readonly adjustment?: Adjustment;
  /** `start` when left out. */
  readonly barLabel?: BarLabel;
  readonly lastRefreshed?: string;
  readonly rows: readonly BarBatchRow[];
}

const millisecondsPerDay = 86_400_000;

/**
 * An accepted batch from rows of decimal text, without rounding.
 *
 * @throws RangeError where the rows cannot be a batch: open times that do not ascend or are no instants, text that is no
 * plain decimal, adjusted close or volume in some rows only.
 */
export function barBatch(options: BarBatchOptions): BarBatch {
  const { rows } = options;
  const openTime = Float64Array.from(rows, (row) => instant(row.openTime));
  for (let i = 1; i < openTime.length; i++) {
    if (!((openTime[i] ?? 0) > (openTime[i - 1] ?? 0)))
      throw new RangeError('rows must be oldest first, each time once');
  }
  return {
    series: {
      symbol: options.symbol ?? 'IBM',
      interval: options.interval ?? 'daily',
      source: options.source ?? 'fake',
      adjustment: options.adjustment ?? 'raw',
    },
    barLabel: options.barLabel ?? 'start',
    lastRefreshed: options.lastRefreshed,
    length: rows.length,
    openTime,
    sessionDate: Int32Array.from(rows, (row, i) =>
      Math.floor((row.sessionDate === undefined ? (openTime[i] ?? 0) : instant(row.sessionDate)) / millisecondsPerDay),
    ),
    open: decimalColumn(rows.map(({ open, close }) => open ?? close)),
    high: decimalColumn(rows.map(({ high, close }) => high ?? close)),
    low: decimalColumn(rows.map(({ low, close }) => low ?? close)),
    close: decimalColumn(rows.map(({ close }) => close)),
    adjustedClose: optionalColumn('adjustedClose', rows),
    volume: optionalColumn('volume', rows),
    qualityScore: Uint8Array.from(rows, ({ qualityScore }) => qualityScore ?? 100),
    brokenRules: brokenRulesOf(rows),
  };
}

function brokenRulesOf(rows: readonly BarBatchRow[]): BrokenRulesColumn | undefined {
  const positions = new Map<string, number>();
  const index = Uint16Array.from(rows, ({ brokenRules = [] }) => {
    const combination = JSON.stringify(brokenRules);
    const known = positions.get(combination) ?? positions.size;
    positions.set(combination, known);
    return known;
  });
  const combinations = [...positions.keys()].map((combination) => JSON.parse(combination) as string[]);
  return combinations.some(({ length }) => length > 0) ? { combinations, index } : undefined;
}

function instant(value: number | string): number {
  const milliseconds = typeof value === 'number' ? value : Date.parse(value);
  if (Number.isNaN(milliseconds)) throw new RangeError(`"${value}" is no instant: write it like 2024-01-02T14:30:00Z`);
  return milliseconds;
}

function optionalColumn(field: 'adjustedClose' | 'volume', rows: readonly BarBatchRow[]): DecimalColumn | undefined {
  const texts = rows.map((row) => row[field]).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  if (texts.length < rows.length) throw new RangeError(`${field} must be in every row or in none`);
  return decimalColumn(texts);
}
