import type { CalendarException } from '../calendar-exception.ts';
import { friday, monday, thursday, tuesday, wednesday } from '../civil-day.ts';
import { at, type ExchangeDefinition } from '../exchange-definition.ts';
import {
  christmasAndBoxingDay,
  exceptIn,
  fixedDay,
  fromEaster,
  lastWeekdayUntil,
  nthWeekday,
  weekendToFriday,
  weekendToMonday,
} from './day-rules.ts';

const closed = (date: string, reason: string): CalendarException => ({ kind: 'closed', date, reason });

/** The London Stock Exchange, without its auctions. */
export const xlon: ExchangeDefinition = {
  version: '2026.1',
  timeZone: 'Europe/London',
  weekdays: [monday, tuesday, wednesday, thursday, friday],
  hours: [
    { from: '1990-01-01', open: at(8, 30), close: at(16, 30) },
    { from: '1998-07-20', open: at(9), close: at(16, 30) },
    { from: '1999-09-20', open: at(8), close: at(16, 30) },
  ],
  holidays: [
    fixedDay("New Year's Day", 1, 1, weekendToMonday),
    fromEaster('Good Friday', -2),
    fromEaster('Easter Monday', 1),
    // In these years it was moved, or put beside a jubilee: see the exceptions.
    exceptIn([1995, 2020], nthWeekday('Early May bank holiday', 1, monday, 5)),
    exceptIn([2002, 2012, 2022], lastWeekdayUntil('Spring bank holiday', monday, [5, 31])),
    lastWeekdayUntil('Summer bank holiday', monday, [8, 31]),
    ...christmasAndBoxingDay,
  ],
  shortDays: [
    { ...fixedDay('Christmas Eve', 12, 24, weekendToFriday), close: at(12, 30) },
    { ...exceptIn([1999], fixedDay("New Year's Eve", 12, 31, weekendToFriday)), close: at(12, 30) },
  ],
  exceptions: [
    closed('1995-05-08', '50 years of Victory in Europe'),
    closed('1999-12-31', 'eve of the year 2000'),
    closed('2002-06-03', 'Spring bank holiday'),
    closed('2002-06-04', 'Golden Jubilee'),
    closed('2011-04-29', 'royal wedding'),
    closed('2012-06-04', 'Spring bank holiday'),
    closed('2012-06-05', 'Diamond Jubilee'),
    closed('2020-05-08', '75 years of Victory in Europe'),
    closed('2022-06-02', 'Spring bank holiday'),
    closed('2022-06-03', 'Platinum Jubilee'),
    closed('2022-09-19', 'funeral of Queen Elizabeth II'),
    closed('2023-05-08', 'coronation of King Charles III'),
  ],
};
