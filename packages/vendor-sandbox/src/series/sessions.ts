import { type CivilDay, dayText, FIRST_DAY } from './civil-day.ts';
import type { NewYorkTime } from './new-york-time.ts';

/** Minutes since New York's midnight at which the parts of a trading day begin and end. */
export const PRE_MARKET_OPEN: number = 4 * 60;
export const REGULAR_OPEN: number = 9 * 60 + 30;
export const REGULAR_CLOSE: number = 16 * 60;
export const POST_MARKET_CLOSE: number = 20 * 60;

/** Fixed dates without trading; the movable holidays and half days are not modelled. */
const CLOSED: ReadonlySet<string> = new Set(['01-01', '07-04', '12-25']);

/** Whether New York trades on a day: a weekday that is none of the fixed holidays. */
export function isSession(day: CivilDay): boolean {
  // Day 0 was a Thursday: remainders 2 and 3 are Saturday and Sunday.
  const weekday = ((day % 7) + 7) % 7;
  return weekday !== 2 && weekday !== 3 && !CLOSED.has(dayText(day).slice(5));
}

// Grows as the clock does and is the same for every sandbox.
const knownSessions: CivilDay[] = [];
let scannedTo: CivilDay = FIRST_DAY;

/** The sessions whose regular close has passed, oldest first, from 2000-01-03 on. */
export function completedSessions(now: NewYorkTime): readonly CivilDay[] {
  const end = now.minute >= REGULAR_CLOSE ? now.day + 1 : now.day;
  for (; scannedTo < end; scannedTo += 1) {
    if (isSession(scannedTo)) {
      knownSessions.push(scannedTo);
    }
  }
  let count = knownSessions.length;
  while (count > 0 && (knownSessions[count - 1] ?? 0) >= end) {
    count -= 1;
  }
  return knownSessions.slice(0, count);
}
