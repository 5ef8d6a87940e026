import { type CivilDay, monthOf } from './civil-day.ts';
import { unit } from './hash.ts';
import type { Listing } from './listing.ts';
import type { Row } from './row.ts';

/** A daily row with the day it belongs to. */
export interface DatedRow {
  readonly day: CivilDay;
  readonly row: Row;
}

const MONTHS_BETWEEN = 3;
const CENT = 100;

/**
 * Adds dividends and adjusted closes to completed daily rows, given and returned oldest first.
 *
 * One dividend a quarter, 0.2% to 0.6% of the close before its ex-date. As with the vendor the newest adjusted close
 * equals its close, so every ex-date that passes rewrites the adjusted closes before it, and nothing else.
 */
export function withDividends(listing: Listing, daily: readonly DatedRow[]): readonly DatedRow[] {
  const dividends = dividendsOf(listing, daily);
  const adjusted: DatedRow[] = new Array(daily.length);
  let factor = 1;
  for (let index = daily.length - 1; index >= 0; index -= 1) {
    const current = daily[index];
    if (current === undefined) {
      continue;
    }
    const dividend = dividends[index] ?? 0;
    const adjustedClose = Math.round(current.row.close * factor);
    adjusted[index] = { day: current.day, row: { ...current.row, adjustedClose, dividend } };
    const before = daily[index - 1]?.row.close;
    if (dividend > 0 && before !== undefined) {
      factor *= 1 - dividend / before;
    }
  }
  return adjusted;
}

function dividendsOf(listing: Listing, daily: readonly DatedRow[]): readonly number[] {
  const stream = listing.streams.dividend;
  const phase = Math.floor(MONTHS_BETWEEN * unit(stream, 0));
  const sessionOfMonth = 4 + Math.floor(10 * unit(stream, 1));
  let month = Number.NaN;
  let sessions = 0;
  return daily.map(({ day }, index) => {
    const current = monthOf(day);
    sessions = current === month ? sessions + 1 : 1;
    month = current;
    const before = daily[index - 1]?.row.close;
    if (before === undefined || sessions !== sessionOfMonth || current % MONTHS_BETWEEN !== phase) {
      return 0;
    }
    const share = 0.002 + 0.004 * unit(stream, current);
    return Math.max(CENT, Math.round((before * share) / CENT) * CENT);
  });
}
