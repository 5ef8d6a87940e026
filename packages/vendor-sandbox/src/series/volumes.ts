import type { CivilDay } from './civil-day.ts';
import { unit } from './hash.ts';
import type { Listing } from './listing.ts';
import { POST_MARKET_CLOSE, PRE_MARKET_OPEN, REGULAR_CLOSE, REGULAR_OPEN } from './sessions.ts';

const REGULAR_MINUTES = REGULAR_CLOSE - REGULAR_OPEN;
const ALL_MINUTES = POST_MARKET_CLOSE - PRE_MARKET_OPEN;

/** Shares traded in the regular session of a day. */
export function sessionVolume(listing: Listing, day: CivilDay): number {
  return Math.round(listing.baseVolume * (0.7 + 0.8 * unit(listing.streams.volume, day)));
}

/**
 * Shares traded in every minute from 04:00 to 20:00.
 *
 * Regular minutes follow a U (busy open and close) and add up to the session's volume exactly; the smallest share a
 * minute can get of the smallest session is still above 1,000. Minutes outside the session are thin.
 */
export function minuteVolumes(listing: Listing, day: CivilDay): Int32Array {
  const { volume } = listing.streams;
  const base = day * ALL_MINUTES;
  const volumes = new Int32Array(ALL_MINUTES);
  for (let minute = 0; minute < ALL_MINUTES; minute += 1) {
    volumes[minute] = 5 + Math.floor(800 * unit(volume, ~(base + minute)) ** 2);
  }
  const cumulative = new Float64Array(REGULAR_MINUTES + 1);
  for (let minute = 0; minute < REGULAR_MINUTES; minute += 1) {
    const fromMiddle = (2 * minute) / (REGULAR_MINUTES - 1) - 1;
    const weight = (1 + 2 * fromMiddle ** 2) * (0.7 + 0.6 * unit(volume, ~(base + ALL_MINUTES - 1 - minute)));
    cumulative[minute + 1] = (cumulative[minute] ?? 0) + weight;
  }
  const total = sessionVolume(listing, day);
  const weights = cumulative[REGULAR_MINUTES] ?? 1;
  let before = 0;
  for (let minute = 0; minute < REGULAR_MINUTES; minute += 1) {
    // The quotient first: it is exactly 1 for the last minute, so no share gets lost.
    const after = Math.floor(total * ((cumulative[minute + 1] ?? 0) / weights));
    volumes[REGULAR_OPEN - PRE_MARKET_OPEN + minute] = after - before;
    before = after;
  }
  return volumes;
}
