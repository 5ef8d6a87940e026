import type { CalendarException } from '../calendar-exception.ts';
import { friday, monday, thursday, tuesday, wednesday } from '../civil-day.ts';
import { at, type ExchangeDefinition } from '../exchange-definition.ts';
import {
  asItFalls,
  exceptIn,
  fixedDay,
  fromEaster,
  lastWeekdayUntil,
  nthWeekday,
  sundayToMonday,
} from './day-rules.ts';
import { lunarHolidays, lunarNewYearsEve } from './hong-kong-festivals.ts';

const closed = (reason: string, ...dates: readonly string[]): CalendarException[] =>
  dates.map((date) => ({ kind: 'closed', date, reason }));

/** The Stock Exchange of Hong Kong, without its auctions. */
export const xhkg: ExchangeDefinition = {
  version: '2026.1',
  timeZone: 'Asia/Hong_Kong',
  weekdays: [monday, tuesday, wednesday, thursday, friday],
  hours: [
    { from: '1990-01-01', open: at(10), close: at(16), break: { from: at(12, 30), until: at(14, 30) } },
    { from: '2011-03-07', open: at(9, 30), close: at(16), break: { from: at(12), until: at(13, 30) } },
    { from: '2012-03-05', open: at(9, 30), close: at(16), break: { from: at(12), until: at(13) } },
  ],
  holidays: [
    fixedDay("New Year's Day", 1, 1, sundayToMonday),
    fromEaster('Good Friday', -2),
    fromEaster('Easter Monday', 1),
    fixedDay('Labour Day', 5, 1, sundayToMonday, { from: 1999 }),
    exceptIn([1993, 1994], nthWeekday("Queen's Birthday", 3, monday, 6, { until: 1996 })),
    nthWeekday("Queen's Birthday", 2, monday, 6, { from: 1993, until: 1994 }),
    fixedDay('Establishment Day', 7, 1, sundayToMonday, { from: 1997 }),
    lastWeekdayUntil('Liberation Day', monday, [8, 31], { until: 1996 }),
    fixedDay('National Day', 10, 1, sundayToMonday, { from: 1997 }),
    fixedDay('second day of the National Day', 10, 2, asItFalls, { from: 1997, until: 1998 }),
    ...lunarHolidays,
  ],
  // A short day is the morning alone.
  shortDays: [
    { name: "Lunar New Year's Eve", day: lunarNewYearsEve },
    fixedDay('Christmas Eve', 12, 24, asItFalls),
    fixedDay("New Year's Eve", 12, 31, asItFalls),
  ],
  exceptions: [
    ...closed("day after Queen's Birthday", '1991-06-18', '1994-06-14'),
    ...closed("Queen's Birthday", '1997-06-30'),
    ...closed('day after Establishment Day', '1997-07-02'),
    ...closed('Victory Day', '1997-08-18', '1998-08-17'),
    ...closed('eve of the year 2000', '1999-12-31'),
    ...closed('70 years of Victory Day', '2015-09-03'),
    ...closed('typhoon', '1992-07-22', '1993-09-17', '1999-09-16', '2001-07-06', '2001-07-25', '2008-08-06'),
    ...closed('typhoon', '2008-08-22', '2011-09-29', '2013-08-14', '2016-08-02', '2016-10-21', '2017-08-23'),
    ...closed('typhoon', '2020-10-13', '2021-10-13', '2023-07-17', '2023-09-01', '2024-09-06'),
    ...closed('black rainstorm', '2023-09-08'),
  ],
};
