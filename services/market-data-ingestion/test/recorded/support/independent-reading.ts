import { Decimal } from 'decimal.js';
import { DateTime } from 'luxon';

/** One bar as a person with the file and a pocket calculator would read it. */
export interface ReadBar {
  /** Milliseconds since the Unix epoch (UTC). */
  readonly openTime: number;
  /** The date in the vendor's label. */
  readonly sessionDate: string;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly adjustedClose: Decimal | undefined;
  readonly volume: Decimal | undefined;
  readonly score: number;
}

/** How a file is to be read. */
export interface Reading {
  /** Minutes of a bar that the vendor labels by its end; 0 for labels that are already the opening. */
  readonly labelDelayMinutes?: number;
  /** Where no zone is told: that of stocks, or that of pairs. */
  readonly zone?: 'America/New_York' | 'UTC';
}

/**
 * Reads a payload without anything of the service: `JSON.parse` or `split`, luxon for the zone, decimal.js for numbers.
 * Oldest bar first.
 */
export function readIndependently(
  body: string,
  { labelDelayMinutes = 0, zone: otherwise = 'America/New_York' }: Reading = {},
): ReadBar[] {
  const { zone, rows } = body.trimStart().startsWith('{') ? jsonRows(body) : csvRows(body, otherwise);
  return rows
    .map(({ label, values }) => {
      const intraday = label.length > 10;
      const at = DateTime.fromSQL(label, { zone: intraday ? zone : otherwise });
      if (!at.isValid) throw new Error(`${label} is no time in ${zone}`);
      const number = (name: string): Decimal => new Decimal(values.get(name) as string);
      const optional = (name: string): Decimal | undefined => (values.has(name) ? number(name) : undefined);
      const bar = {
        openTime: at.minus({ minutes: labelDelayMinutes }).toMillis(),
        sessionDate: label.slice(0, 10),
        open: number('open'),
        high: number('high'),
        low: number('low'),
        close: number('close'),
        adjustedClose: optional('adjusted close'),
        volume: optional('volume'),
      };
      return { ...bar, score: scoreOf(bar) };
    })
    .sort((a, b) => a.openTime - b.openTime);
}

interface Row {
  readonly label: string;
  readonly values: ReadonlyMap<string, string>;
}

function jsonRows(body: string): { zone: string; rows: Row[] } {
  const { 'Meta Data': meta, ...others } = JSON.parse(body) as Record<string, Record<string, unknown>>;
  const zone = Object.entries(meta ?? {}).find(([name]) => name.endsWith('Time Zone'))?.[1] as string;
  const [series] = Object.values(others);
  const rows = Object.entries(series ?? {}).map(([label, fields]) => ({
    label,
    // `5. adjusted close` without its number, which means something else in each function.
    values: new Map(Object.entries(fields as Record<string, string>).map(([name, text]) => [name.slice(3), text])),
  }));
  return { zone, rows };
}

function csvRows(body: string, zone: string): { zone: string; rows: Row[] } {
  const [header = '', ...lines] = body.split(/\r?\n/).filter((line) => line !== '');
  const names = header.split(',').map((name) => name.replace('_', ' '));
  const rows = lines.map((line) => {
    const [label = '', ...texts] = line.split(',');
    return { label, values: new Map(texts.map((text, i) => [names[i + 1] as string, text])) };
  });
  return { zone, rows };
}

/** The score with the default thresholds, by the published rules. */
function scoreOf({ open, high, low, close, volume }: Omit<ReadBar, 'score'>): number {
  const outside = (price: Decimal): boolean => price.lt(low) || price.gt(high);
  let score = 100;
  if (high.lt(low)) score -= 50;
  if (outside(open)) score -= 20;
  if (outside(close)) score -= 20;
  if ([open, high, low, close].some((price) => price.lte(0))) score -= 50;
  if (volume?.lt(1000)) score -= 10;
  if (open.gt(0) && close.minus(open).abs().times(100).gt(open.times(10))) score -= 15;
  return Math.max(0, score);
}
