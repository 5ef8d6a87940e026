import type { CalendarException } from './calendar-exception.ts';
import { type ExchangeName, exchanges } from './exchange-definition.ts';
import { definitions } from './exchanges/definitions.ts';
import { MarketCalendar } from './market-calendar.ts';
import { unknownExchange } from './refuse.ts';
import { buildSessionTable } from './session-table.ts';

export interface CalendarOptions {
  /** Days that do otherwise than the calendar knows; a later one of the same date adds to an earlier one. */
  readonly exceptions?: readonly CalendarException[];
}

/** Whether text is the name of an exchange that has a calendar. */
export function isExchange(text: string): text is ExchangeName {
  return (exchanges as readonly string[]).includes(text);
}

/**
 * The calendar of an exchange, with exceptions of the host's own. Works out all sessions at once, which takes some
 * milliseconds: keep it.
 *
 * @throws ServiceError of kind `configuration` and reason `unknownExchange`, `invalidCalendarException`, `invalidDate` or
 * `outsideCalendar`.
 */
export function createCalendar(exchange: string, { exceptions = [] }: CalendarOptions = {}): MarketCalendar {
  if (!isExchange(exchange)) throw unknownExchange(exchange);
  const definition = definitions[exchange];
  const table = buildSessionTable(definition, [...definition.exceptions, ...exceptions]);
  const version = exceptions.length === 0 ? definition.version : `${definition.version}+${digestOf(exceptions)}`;
  return new MarketCalendar({ exchange, version, timeZone: definition.timeZone, table });
}

const known = new Map<string, MarketCalendar>();

/**
 * The calendar of an exchange as this package knows it, worked out once for the process.
 *
 * @throws ServiceError of kind `configuration` and reason `unknownExchange`.
 */
export function calendarOf(exchange: string): MarketCalendar {
  const calendar = known.get(exchange) ?? createCalendar(exchange);
  known.set(exchange, calendar);
  return calendar;
}

/** A short text that differs for different exceptions (FNV-1a of 32 bits); it tells versions apart and guards nothing. */
function digestOf(exceptions: readonly CalendarException[]): string {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(exceptions)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
