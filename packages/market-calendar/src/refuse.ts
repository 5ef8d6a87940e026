import { ServiceError } from '@quantumtrade/core-traits';
import { parseDay } from './civil-day.ts';
import { exchanges, firstYear, lastYear } from './exchange-definition.ts';

/** An exchange without a calendar. */
export function unknownExchange(name: string): ServiceError {
  const message = `exchange ${quoted(name)} has no calendar; use one of ${exchanges.join(', ')}`;
  return new ServiceError({ kind: 'configuration', reason: 'unknownExchange', message });
}

/** An exception that cannot be applied. */
export function invalidException(date: string, problem: string): ServiceError {
  const message = `the calendar exception of ${quoted(date)} cannot be applied: ${problem}`;
  return new ServiceError({ kind: 'configuration', reason: 'invalidCalendarException', message });
}

/** A question about a time that no calendar holds, which is not the same as a time without sessions. */
export function outsideCalendar(what: string): ServiceError {
  const message = `${what} is outside the calendar, which holds the years ${firstYear} to ${lastYear}`;
  return new ServiceError({ kind: 'configuration', reason: 'outsideCalendar', message });
}

/**
 * The civil day of a text.
 *
 * @throws ServiceError of kind `configuration` and reason `invalidDate`.
 */
export function requireDay(text: string): number {
  const day = parseDay(text);
  if (day !== undefined) return day;
  const message = `${quoted(text)} is not a date; write it as YYYY-MM-DD`;
  throw new ServiceError({ kind: 'configuration', reason: 'invalidDate', message });
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
