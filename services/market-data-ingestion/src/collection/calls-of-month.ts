import { calendarOf, type Session } from '@quantumtrade/market-calendar';
import { assetClassOf, type Interval, intradayMilliseconds } from '@quantumtrade/shared-types';

const day = 86_400_000;
/** From the first to the last bar of a session in New York, hours before and after the regular ones included. */
const extendedSession = 16 * 3_600_000;

/** A month of intraday bars. */
export interface MonthOfBars {
  readonly symbol: string;
  readonly interval: Interval;
  /** As `2024-01`. */
  readonly month: string;
}

/**
 * The most calls that a month of bars takes at a vendor that gives `pageSize` bars a call: one for each page that is
 * begun. Bars are counted as if there were a trade in every one of them up to `now` (milliseconds since the Unix epoch);
 * what is traded less takes fewer. A vendor without pages gives a month in one call.
 */
export function callsOfMonth(
  { symbol, interval, month }: MonthOfBars,
  pageSize: number | undefined,
  now: number,
): number {
  const length = intradayMilliseconds(interval);
  if (pageSize === undefined || length === undefined) return 1;
  const first = `${month}-01`;
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const last = Math.min(Date.UTC(year, number, 0), Math.max(now, Date.parse(first)));
  const days = Math.floor((last - Date.parse(first)) / day) + 1;
  const open =
    assetClassOf(symbol) === 'stock'
      ? sessionsIn(first, new Date(last).toISOString().slice(0, 10), days) * extendedSession
      : days * day;
  return Math.max(1, Math.ceil(open / length / pageSize));
}

/** Trading days of New York; all days where the calendar does not reach. */
function sessionsIn(from: string, to: string, days: number): number {
  let sessions: readonly Session[];
  try {
    sessions = calendarOf('XNYS').sessions({ from, to });
  } catch {
    return days;
  }
  return sessions.length;
}
