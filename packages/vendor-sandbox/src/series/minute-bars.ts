import type { CivilDay } from './civil-day.ts';
import { unit } from './hash.ts';
import type { Listing } from './listing.ts';
import { minutePath, sessionShape } from './price-path.ts';
import { POST_MARKET_CLOSE, PRE_MARKET_OPEN, REGULAR_CLOSE, REGULAR_OPEN } from './sessions.ts';
import { minuteVolumes } from './volumes.ts';

/** The minutes of one trading day in columns; index 0 is 04:00. */
export interface MinuteBars {
  /** One price more than there are minutes: minute `i` opens at `path[i]` and closes at `path[i + 1]`. */
  readonly path: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly volume: Int32Array;
}

const COUNT = POST_MARKET_CLOSE - PRE_MARKET_OPEN;
const OPENS_AT = REGULAR_OPEN - PRE_MARKET_OPEN;
const CLOSES_AT = REGULAR_CLOSE - PRE_MARKET_OPEN;
const LONGEST_WICK = 0.0004;

/** Every minute of a trading day: a pure function of the listing and the day, whatever the time is now. */
export function minuteBars(listing: Listing, day: CivilDay): MinuteBars {
  const shape = sessionShape(listing, day);
  const path = minutePath(listing, day, shape);
  const high = new Int32Array(COUNT);
  const low = new Int32Array(COUNT);
  for (let minute = 0; minute < COUNT; minute += 1) {
    const open = path[minute] ?? 0;
    const close = path[minute + 1] ?? 0;
    const wick = open * LONGEST_WICK;
    const index = 2 * (day * COUNT + minute);
    const top = Math.round(Math.max(open, close) + wick * unit(listing.streams.range, ~index));
    const bottom = Math.round(Math.min(open, close) - wick * unit(listing.streams.range, ~(index + 1)));
    const regular = minute >= OPENS_AT && minute < CLOSES_AT;
    high[minute] = regular ? Math.min(top, shape.high) : top;
    low[minute] = regular ? Math.max(bottom, shape.low) : bottom;
  }
  return { path, high, low, volume: minuteVolumes(listing, day) };
}
