import { type CivilDay, FIRST_DAY, monthOf, weekOf } from '../series/civil-day.ts';
import { dailyRows } from '../series/daily-rows.ts';
import { intradayRows } from '../series/intraday-rows.ts';
import type { Listing } from '../series/listing.ts';
import { type NewYorkTime, newYorkTime, utcTime } from '../series/new-york-time.ts';
import { PRICE_SCALE, type Row } from '../series/row.ts';
import type { BarsQuery } from './bars-query.ts';

/** A bar with the instant it opens at, in milliseconds UTC. */
export interface TimedRow {
  readonly opensAt: number;
  readonly row: Row;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The completed bars of a range, oldest first: the rows of the Alpha Vantage sandbox, by instant. */
export function alpacaBars(listing: Listing, query: BarsQuery, now: number): readonly TimedRow[] {
  const { crypto, timeframe, start, end } = query;
  const time = crypto ? utcTime : newYorkTime;
  const rows =
    typeof timeframe === 'number'
      ? intradayRows(
          listing,
          {
            full: true,
            intervalMinutes: timeframe,
            extendedHours: true,
            month: { from: Math.max(FIRST_DAY, time(start).day), to: time(Math.min(end, now)).day + 1 },
          },
          time(now),
        )
      : adjustedRows(
          dailyRows(listing, {
            period: timeframe,
            adjusted: query.adjusted,
            now: time(now),
            // As many days as could have been sessions since the range begins: the whole history takes long.
            limit: timeframe === 'day' ? Math.max(1, Math.ceil((now - start) / DAY_MS) + 1) : Number.POSITIVE_INFINITY,
          }),
        );
  return rows
    .map((row) => ({ opensAt: openingOf(row.label, timeframe, time), row }))
    .filter(({ opensAt }) => opensAt >= start && opensAt <= end)
    .reverse();
}

/** Every price scaled as the close is, rounded as the vendor rounds: to four places. */
function adjustedRows(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => {
    if (row.adjustedClose === undefined || row.adjustedClose === row.close) return row;
    const factor = row.adjustedClose / row.close;
    const [open, high, low] = [row.open, row.high, row.low].map((price) => Math.round(price * factor));
    return { ...row, open: open ?? 0, high: high ?? 0, low: low ?? 0, close: row.adjustedClose };
  });
}

/** Days begin at midnight, weeks on Monday and months on the first, whenever their last session was. */
function openingOf(label: string, timeframe: BarsQuery['timeframe'], time: typeof newYorkTime): number {
  const day = Date.parse(`${label.slice(0, 10)}T00:00:00Z`) / DAY_MS;
  if (timeframe === 'week') return instantOf(weekOf(day), 0, time);
  if (timeframe === 'month') return instantOf(firstOfMonth(day), 0, time);
  const minute = label.length > 10 ? Number(label.slice(11, 13)) * 60 + Number(label.slice(14, 16)) : 0;
  return instantOf(day, minute, time);
}

function firstOfMonth(day: CivilDay): CivilDay {
  const month = monthOf(day);
  return Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
}

/** The instant at which clocks show a time. Good for midnights and sessions, which no change of clocks falls into. */
function instantOf(day: CivilDay, minute: number, time: (instant: number) => NewYorkTime): number {
  const local = day * DAY_MS + minute * MINUTE_MS;
  const near = local + 5 * 60 * MINUTE_MS;
  const shown = time(near);
  return local + near - (shown.day * DAY_MS + shown.minute * MINUTE_MS);
}

/** A bar as the vendor writes it: numbers without trailing zeros, and fractions of digital currencies. */
export function barJson({ opensAt, row }: TimedRow, crypto: boolean): string {
  const t = new Date(opensAt).toISOString().replace('.000Z', 'Z');
  const typical = Math.round((row.high + row.low + row.close) / 3);
  const volume = crypto ? numberText(row.volume) : String(row.volume);
  const [o, h, l, c, vw] = [row.open, row.high, row.low, row.close, typical].map(numberText);
  const trades = 1 + Math.floor(row.volume / 100);
  return `{"t":"${t}","o":${o},"h":${h},"l":${l},"c":${c},"v":${volume},"n":${trades},"vw":${vw}}`;
}

function numberText(parts: number): string {
  const whole = Math.floor(parts / PRICE_SCALE);
  const fraction = String(parts - whole * PRICE_SCALE)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}
