import {
  dayNumber,
  easterSunday,
  isWeekend,
  monday,
  saturday,
  sunday,
  weekdayFrom,
  weekdayOf,
  weekdayUntil,
} from '../civil-day.ts';
import type { DayRule } from '../exchange-definition.ts';

/** The years of a rule. */
interface Years {
  readonly from?: number;
  readonly until?: number;
}

type Observance = (day: number) => number | undefined;

/** A day of the year, moved by an observance when it falls on a weekend. */
export function fixedDay(name: string, month: number, day: number, observe: Observance, years: Years = {}): DayRule {
  return { name, ...years, day: (year) => observe(dayNumber(year, month, day)) };
}

/** The nth such weekday of a month. */
export function nthWeekday(name: string, nth: number, weekday: number, month: number, years: Years = {}): DayRule {
  return { name, ...years, day: (year) => weekdayFrom(dayNumber(year, month, 1 + (nth - 1) * 7), weekday) };
}

/** The last such weekday on or before a day of the year. */
export function lastWeekdayUntil(
  name: string,
  weekday: number,
  [month, day]: readonly [number, number],
  years: Years = {},
): DayRule {
  return { name, ...years, day: (year) => weekdayUntil(dayNumber(year, month, day), weekday) };
}

/** So many days from Easter Sunday. */
export function fromEaster(name: string, days: number): DayRule {
  return { name, day: (year) => easterSunday(year) + days };
}

/** A rule without some years. */
export function exceptIn(years: readonly number[], rule: DayRule): DayRule {
  return { ...rule, day: (year) => (years.includes(year) ? undefined : rule.day(year)) };
}

/** A day that is never moved. */
export function asItFalls(day: number): number {
  return day;
}

/** Sunday moves to Monday; Saturday is not made up for. */
export function sundayToMonday(day: number): number {
  return weekdayOf(day) === sunday ? day + 1 : day;
}

/** Saturday and Sunday move to Monday. */
export function weekendToMonday(day: number): number {
  return isWeekend(day) ? weekdayFrom(day, monday) : day;
}

/** Saturday moves to Friday, Sunday to Monday. */
export function nearestWeekday(day: number): number {
  return weekdayOf(day) === saturday ? day - 1 : sundayToMonday(day);
}

/** Saturday and Sunday move to the Friday before. */
export function weekendToFriday(day: number): number {
  return isWeekend(day) ? weekdayUntil(day, 5) : day;
}

/** Only where it falls on one of these weekdays. */
export function onlyOn(...weekdays: readonly number[]): Observance {
  return (day) => (weekdays.includes(weekdayOf(day)) ? day : undefined);
}

/** Two days after a weekend day: what London and Toronto do with Christmas and Boxing Day, the 27th and the 28th. */
function weekendTwoDaysOn(day: number): number {
  return isWeekend(day) ? day + 2 : day;
}

/** Christmas and Boxing Day as London and Toronto keep them. */
export const christmasAndBoxingDay: readonly DayRule[] = [
  fixedDay('Christmas Day', 12, 25, weekendTwoDaysOn),
  fixedDay('Boxing Day', 12, 26, weekendTwoDaysOn),
];
