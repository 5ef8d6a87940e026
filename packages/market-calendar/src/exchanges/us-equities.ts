import type { CalendarException } from '../calendar-exception.ts';
import { dayNumber, friday, monday, thursday, tuesday, wednesday, weekdayFrom } from '../civil-day.ts';
import { at, type DayRule, type ExchangeDefinition, type ShortDayRule } from '../exchange-definition.ts';
import {
  asItFalls,
  fixedDay,
  fromEaster,
  lastWeekdayUntil,
  nearestWeekday,
  nthWeekday,
  onlyOn,
  sundayToMonday,
} from './day-rules.ts';

const holidays: readonly DayRule[] = [
  // On a Saturday it would close the last day of an accounting year, which the exchange does not do.
  fixedDay("New Year's Day", 1, 1, sundayToMonday),
  nthWeekday('Martin Luther King Jr. Day', 3, monday, 1, { from: 1998 }),
  nthWeekday("Washington's Birthday", 3, monday, 2),
  fromEaster('Good Friday', -2),
  lastWeekdayUntil('Memorial Day', monday, [5, 31]),
  fixedDay('Juneteenth', 6, 19, nearestWeekday, { from: 2022 }),
  fixedDay('Independence Day', 7, 4, nearestWeekday),
  nthWeekday('Labor Day', 1, monday, 9),
  nthWeekday('Thanksgiving Day', 4, thursday, 11),
  fixedDay('Christmas Day', 12, 25, nearestWeekday),
];

const thanksgivingFriday = (year: number): number => weekdayFrom(dayNumber(year, 11, 22), thursday) + 1;

const shortDays: readonly ShortDayRule[] = [
  { ...fixedDay('Christmas Eve', 12, 24, asItFalls, { until: 1992 }), close: at(14) },
  { ...fixedDay('Christmas Eve', 12, 24, asItFalls, { from: 1993 }), close: at(13) },
  { name: 'day after Thanksgiving', from: 1992, until: 1992, day: thanksgivingFriday, close: at(14) },
  { name: 'day after Thanksgiving', from: 1993, day: thanksgivingFriday, close: at(13) },
  {
    ...fixedDay('day before Independence Day', 7, 3, onlyOn(monday, tuesday, thursday), { from: 1995 }),
    close: at(13),
  },
  // With the holiday on a Thursday it was the Friday after that was short, and since 2013 the Wednesday before.
  { ...fixedDay('day after Independence Day', 7, 5, onlyOn(friday), { from: 1996, until: 2012 }), close: at(13) },
  { ...fixedDay('day before Independence Day', 7, 3, onlyOn(wednesday), { from: 2013 }), close: at(13) },
];

const closed = (date: string, reason: string): CalendarException => ({ kind: 'closed', date, reason });
const short = (date: string, reason: string): CalendarException => ({
  kind: 'hours',
  date,
  close: '13:00',
  extendedClose: '17:00',
  reason,
});

/** What was never a rule and touched all of the market. */
const marketWide: readonly CalendarException[] = [
  { kind: 'hours', date: '1994-02-11', close: '14:30', reason: 'snowstorm' },
  closed('1994-04-27', 'funeral of Richard Nixon'),
  { kind: 'hours', date: '1996-01-08', open: '11:00', close: '14:00', reason: 'snowstorm' },
  { kind: 'hours', date: '1997-10-27', close: '15:30', reason: 'circuit breaker' },
  short('1997-12-26', 'Friday after Christmas'),
  short('1999-12-31', "New Year's Eve"),
  closed('2001-09-11', 'attack on the World Trade Center'),
  closed('2001-09-12', 'attack on the World Trade Center'),
  closed('2001-09-13', 'attack on the World Trade Center'),
  closed('2001-09-14', 'attack on the World Trade Center'),
  { kind: 'hours', date: '2002-09-11', open: '12:00', reason: 'memorial of the attack on the World Trade Center' },
  short('2003-12-26', 'Friday after Christmas'),
  closed('2004-06-11', 'day of mourning for Ronald Reagan'),
  closed('2007-01-02', 'day of mourning for Gerald Ford'),
  closed('2012-10-29', 'hurricane Sandy'),
  closed('2012-10-30', 'hurricane Sandy'),
  closed('2018-12-05', 'day of mourning for George H. W. Bush'),
  closed('2025-01-09', 'day of mourning for Jimmy Carter'),
];

/** What kept only the floor of the New York Stock Exchange from opening in time. */
const floorOnly: readonly CalendarException[] = [
  { kind: 'hours', date: '1990-12-27', open: '11:00', reason: 'explosion of a transformer' },
  { kind: 'hours', date: '1995-12-18', open: '10:30', reason: 'trouble of the computer systems' },
];

const shared: Omit<ExchangeDefinition, 'exceptions'> = {
  version: '2026.1',
  timeZone: 'America/New_York',
  weekdays: [monday, tuesday, wednesday, thursday, friday],
  hours: [
    {
      from: '1990-01-01',
      open: at(9, 30),
      close: at(16),
      extended: { open: at(4), close: at(20), shortClose: at(17) },
    },
  ],
  holidays,
  shortDays,
};

/** The New York Stock Exchange. */
export const xnys: ExchangeDefinition = { ...shared, exceptions: [...marketWide, ...floorOnly] };

/** Nasdaq: the sessions of the New York Stock Exchange without what happened to its floor alone. */
export const xnas: ExchangeDefinition = { ...shared, exceptions: marketWide };
