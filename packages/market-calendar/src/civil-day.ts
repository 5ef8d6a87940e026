/** Milliseconds of a day of 24 hours. */
export const dayMs: number = 86_400_000;

/** Days of the week as {@link weekdayOf} gives them. */
export const sunday = 0;
export const monday = 1;
export const tuesday = 2;
export const wednesday = 3;
export const thursday = 4;
export const friday = 5;
export const saturday = 6;

/** A civil day as the count of days since 1970-01-01; the month is 1 to 12, and a day past its end runs on. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / dayMs;
}

/** The civil day of a text such as `2024-07-03`; `undefined` for anything else. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  return Number.isNaN(day) || formatDay(day) !== text ? undefined : day;
}

/** A civil day as `YYYY-MM-DD`. */
export function formatDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The year that a civil day lies in. */
export function yearOf(day: number): number {
  return new Date(day * dayMs).getUTCFullYear();
}

/** The day of the week, 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: number): number {
  return (((day + thursday) % 7) + 7) % 7;
}

export function isWeekend(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday === saturday || weekday === sunday;
}

/** The first such weekday on or after a day. */
export function weekdayFrom(day: number, weekday: number): number {
  return day + ((weekday - weekdayOf(day) + 7) % 7);
}

/** The last such weekday on or before a day. */
export function weekdayUntil(day: number, weekday: number): number {
  return day - ((weekdayOf(day) - weekday + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar, by the paschal full moon: for the years 1900 to 2099. */
export function easterSunday(year: number): number {
  // Within these centuries the moon's age is fixed by the year's place in the cycle of 19 years.
  const age = (19 * (year % 19) + 24) % 30;
  const late = age === 29 || (age === 28 && year % 19 > 10) ? 1 : 0;
  return weekdayFrom(dayNumber(year, 3, 22 + age - late), sunday);
}
