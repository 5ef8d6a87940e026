import type { Interval, StoredBar } from '@quantumtrade/shared-types';

/**
 * Leaves out superseded bars: of the bars of one calendar week or month only the one with the latest session date is
 * current. Intervals below a week have none. Expects and gives the oldest bar first.
 */
export function withoutSuperseded(interval: Interval, bars: readonly StoredBar[]): readonly StoredBar[] {
  if (interval !== 'weekly' && interval !== 'monthly') return bars;
  const periodOf = interval === 'weekly' ? mondayOf : monthOf;
  const current = new Map<string | number, StoredBar>();
  for (const bar of bars) {
    const period = periodOf(bar.sessionDate);
    const other = current.get(period);
    if (other === undefined || other.sessionDate <= bar.sessionDate) current.set(period, bar);
  }
  return bars.filter((bar) => current.get(periodOf(bar.sessionDate)) === bar);
}

function mondayOf(date: string): number {
  const day = Date.parse(date) / 86_400_000;
  // Day 0, 1970-01-01, was a Thursday.
  return Math.floor((day + 3) / 7);
}

function monthOf(date: string): string {
  return date.slice(0, 7);
}
