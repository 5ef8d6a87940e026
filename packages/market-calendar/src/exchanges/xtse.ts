import { friday, monday, thursday, tuesday, wednesday } from '../civil-day.ts';
import { at, type ExchangeDefinition } from '../exchange-definition.ts';
import {
  asItFalls,
  christmasAndBoxingDay,
  fixedDay,
  fromEaster,
  lastWeekdayUntil,
  nthWeekday,
  weekendToMonday,
} from './day-rules.ts';

/** The Toronto Stock Exchange. */
export const xtse: ExchangeDefinition = {
  version: '2026.1',
  timeZone: 'America/Toronto',
  weekdays: [monday, tuesday, wednesday, thursday, friday],
  hours: [{ from: '1990-01-01', open: at(9, 30), close: at(16) }],
  holidays: [
    fixedDay("New Year's Day", 1, 1, weekendToMonday),
    nthWeekday('Family Day', 3, monday, 2, { from: 2008 }),
    fromEaster('Good Friday', -2),
    lastWeekdayUntil('Victoria Day', monday, [5, 24]),
    fixedDay('Canada Day', 7, 1, weekendToMonday),
    nthWeekday('Civic Holiday', 1, monday, 8),
    nthWeekday('Labour Day', 1, monday, 9),
    nthWeekday('Thanksgiving Day', 2, monday, 10),
    ...christmasAndBoxingDay,
  ],
  shortDays: [{ ...fixedDay('Christmas Eve', 12, 24, asItFalls, { from: 2008 }), close: at(13) }],
  exceptions: [
    { kind: 'hours', date: '2001-09-11', close: '10:40', reason: 'attack on the World Trade Center' },
    { kind: 'closed', date: '2001-09-12', reason: 'attack on the World Trade Center' },
  ],
};
