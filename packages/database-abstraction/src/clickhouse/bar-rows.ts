import type { BarLabel, Interval, Series, StoredBar } from '@quantumtrade/shared-types';

/** The select list that {@link toStoredBar} reads. Names differ from the table's, so that conditions mean its columns. */
export const barSelectList: string = `toUnixTimestamp64Milli(open_time) AS at, toString(session_date) AS day, open, high,
  low, close, adjusted_close, volume, quality_score, broken_rules, bar_label, last_refreshed,
  toUnixTimestamp64Milli(ingested_at) AS version, batch_id`;

const isoText = (column: string): string => `concat(replaceOne(toString(${column}, 'UTC'), ' ', 'T'), 'Z')`;

/** The select list that makes rows of the format JSONEachRow texts of a `BarJson`. */
export const barJsonSelectList: string = `symbol, interval, source, ${isoText('open_time')} AS openTime,
  toString(session_date) AS sessionDate, open, high, low, close, adjusted_close AS adjustedClose, volume,
  quality_score AS qualityScore, ${isoText('ingested_at')} AS ingestedAt`;

export interface BarRow {
  readonly at: string;
  readonly day: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly adjusted_close: string | null;
  readonly volume: string | null;
  readonly quality_score: number;
  readonly broken_rules: readonly string[];
  readonly bar_label: BarLabel;
  readonly last_refreshed: string;
  readonly version: string;
  readonly batch_id: string;
}

export function toStoredBar({ symbol, interval, source, adjustment }: Series, row: BarRow): StoredBar {
  return {
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
    brokenRules: row.broken_rules,
    barLabel: row.bar_label,
    ...(row.last_refreshed === '' ? {} : { lastRefreshed: row.last_refreshed }),
    ingestedAt: Number(row.version),
    batchId: row.batch_id,
  };
}

/**
 * What the rows of one calendar period have in common, for intervals whose partial period moves from date to date: weeks
 * from Monday to Sunday (day 0, 1970-01-01, was a Thursday) and months. `undefined` for intervals without such periods.
 */
export function periodExpression(interval: Interval): string | undefined {
  if (interval === 'weekly') return 'floor((toInt32(session_date) + 3) / 7)';
  if (interval === 'monthly') return 'toYear(session_date) * 12 + toMonth(session_date)';
  return undefined;
}
