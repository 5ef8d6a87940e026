/** A calendar day with no time zone, counted from 1970-01-01. */
export type CivilDay = number;

const DAY_MS = 86_400_000;

/** The first day with history: Monday 2000-01-03. */
export const FIRST_DAY: CivilDay = Date.UTC(2000, 0, 3) / DAY_MS;

/** The day as `YYYY-MM-DD`. */
export function dayText(day: CivilDay): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of the day's week. */
export function weekOf(day: CivilDay): CivilDay {
  // Day 0 was a Thursday.
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** Months since January of year 0, the same for all days of one month. */
export function monthOf(day: CivilDay): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
