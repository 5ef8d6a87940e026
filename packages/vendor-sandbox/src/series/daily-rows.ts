import { type CivilDay, dayText, monthOf, weekOf } from './civil-day.ts';
import { type DatedRow, withDividends } from './dividends.ts';
import type { Listing } from './listing.ts';
import type { NewYorkTime } from './new-york-time.ts';
import { sessionShape } from './price-path.ts';
import type { Row } from './row.ts';
import { completedSessions } from './sessions.ts';
import { sessionVolume } from './volumes.ts';

/** How daily rows are grouped. */
export type Period = 'day' | 'week' | 'month';

/** What to list, and as of when. */
export interface DailyRequest {
  readonly period: Period;
  readonly adjusted: boolean;
  readonly now: NewYorkTime;
  /** The newest rows to keep. */
  readonly limit: number;
}

// Ex-dates are counted from a month's first session, so the oldest row listed needs its whole month.
const A_MONTH_OF_SESSIONS = 25;

/** Rows of completed sessions, newest first; the newest week or month may be partial. */
export function dailyRows(listing: Listing, request: DailyRequest): readonly Row[] {
  const sessions = completedSessions(request.now);
  const tail = request.period === 'day' ? sessions.slice(-(request.limit + A_MONTH_OF_SESSIONS)) : sessions;
  const plain = tail.map((day): DatedRow => ({ day, row: dailyRow(listing, day) }));
  const daily = request.adjusted ? withDividends(listing, plain) : plain;
  const rows = request.period === 'day' ? daily.map(({ row }) => row) : byPeriod(daily, request.period);
  return rows.slice(-request.limit).reverse();
}

function dailyRow(listing: Listing, day: CivilDay): Row {
  const { open, high, low, close } = sessionShape(listing, day);
  return { label: dayText(day), open, high, low, close, volume: sessionVolume(listing, day) };
}

function byPeriod(daily: readonly DatedRow[], period: 'week' | 'month'): Row[] {
  const keyOf = period === 'week' ? weekOf : monthOf;
  const rows: Row[] = [];
  let key = Number.NaN;
  for (const { day, row } of daily) {
    const current = keyOf(day);
    const open = rows.at(-1);
    if (current === key && open !== undefined) {
      rows[rows.length - 1] = extend(open, row);
    } else {
      rows.push(row);
      key = current;
    }
  }
  return rows;
}

/** A period with one more session in it: its label, close and adjusted close move to that session. */
function extend(period: Row, session: Row): Row {
  const dividend = period.dividend === undefined ? undefined : period.dividend + (session.dividend ?? 0);
  return {
    ...session,
    open: period.open,
    high: Math.max(period.high, session.high),
    low: Math.min(period.low, session.low),
    volume: period.volume + session.volume,
    ...(dividend === undefined ? {} : { dividend }),
  };
}
