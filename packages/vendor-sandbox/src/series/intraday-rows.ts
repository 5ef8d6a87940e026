import type { SeriesQuery } from '../series-query.ts';
import { type CivilDay, dayText, FIRST_DAY } from './civil-day.ts';
import type { Listing } from './listing.ts';
import { type MinuteBars, minuteBars } from './minute-bars.ts';
import type { NewYorkTime } from './new-york-time.ts';
import type { Row } from './row.ts';
import { isSession, POST_MARKET_CLOSE, PRE_MARKET_OPEN, REGULAR_CLOSE, REGULAR_OPEN } from './sessions.ts';

const COMPACT_ROWS = 100;
const TRAILING_DAYS = 30;

/** What {@link intradayRows} lists. */
export type IntradayRequest = Pick<SeriesQuery, 'month' | 'full' | 'extendedHours' | 'intervalMinutes'>;

/** Completed bars, newest first: the newest 100, or all of the month or of the trailing 30 days. */
export function intradayRows(listing: Listing, query: IntradayRequest, now: NewYorkTime): readonly Row[] {
  const earliest = Math.max(FIRST_DAY, query.month?.from ?? (query.full ? now.day - TRAILING_DAYS : FIRST_DAY));
  const latest = Math.min(now.day, (query.month?.to ?? Number.POSITIVE_INFINITY) - 1);
  const limit = query.full ? Number.POSITIVE_INFINITY : COMPACT_ROWS;
  const rows: Row[] = [];
  for (let day = latest; day >= earliest && rows.length < limit; day -= 1) {
    if (isSession(day)) {
      addDay(rows, { listing, query, day, limit, until: day === now.day ? now.minute : POST_MARKET_CLOSE });
    }
  }
  return rows;
}

interface DayRequest {
  readonly listing: Listing;
  readonly query: IntradayRequest;
  readonly day: CivilDay;
  readonly limit: number;
  /** Minutes after midnight; bars that end later are not complete. */
  readonly until: number;
}

function addDay(rows: Row[], { listing, query, day, limit, until }: DayRequest): void {
  const open = query.extendedHours ? PRE_MARKET_OPEN : REGULAR_OPEN;
  const close = query.extendedHours ? POST_MARKET_CLOSE : REGULAR_CLOSE;
  const step = query.intervalMinutes;
  if (until < open + step) {
    return;
  }
  const minutes = minuteBars(listing, day);
  const date = dayText(day);
  const lastStart = open + step * (Math.ceil((close - open) / step) - 1);
  for (let start = lastStart; start >= open && rows.length < limit; start -= step) {
    // The last regular hour is half an hour long.
    const end = Math.min(start + step, close);
    if (end <= until) {
      rows.push(aggregate(minutes, `${date} ${clockText(start)}`, start - PRE_MARKET_OPEN, end - PRE_MARKET_OPEN));
    }
  }
}

function aggregate(minutes: MinuteBars, label: string, from: number, to: number): Row {
  let high = minutes.high[from] ?? 0;
  let low = minutes.low[from] ?? 0;
  let volume = 0;
  for (let minute = from; minute < to; minute += 1) {
    high = Math.max(high, minutes.high[minute] ?? 0);
    low = Math.min(low, minutes.low[minute] ?? 0);
    volume += minutes.volume[minute] ?? 0;
  }
  return { label, open: minutes.path[from] ?? 0, high, low, close: minutes.path[to] ?? 0, volume };
}

function clockText(minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, '0');
  return `${hours}:${String(minute % 60).padStart(2, '0')}:00`;
}
