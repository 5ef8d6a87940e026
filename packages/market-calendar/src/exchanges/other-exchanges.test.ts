import { describe, expect, it } from 'vitest';
import { calendarOf } from '../create-calendar.ts';

/** The hours of a session on the exchange's clocks, its break included. */
function hours(exchange: string, date: string): string | undefined {
  const calendar = calendarOf(exchange);
  const session = calendar.sessionOf(date);
  if (session === undefined) return calendar.closureOf(date);
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: calendar.timeZone, hour: '2-digit', minute: '2-digit' });
  const edges = [session.open, ...session.breaks.flatMap(({ from, until }) => [from, until]), session.close];
  return edges.map((edge) => format.format(edge)).join(' ');
}

describe('London', () => {
  it.each([
    ['1998-07-17', '08:30 16:30'],
    ['1998-07-20', '09:00 16:30'],
    ['1999-09-17', '09:00 16:30'],
    ['1999-09-20', '08:00 16:30'],
    ['2024-07-04', '08:00 16:30'],
    ['2024-12-24', '08:00 12:30'],
    ['2024-12-31', '08:00 12:30'],
    ['2011-12-23', '08:00 12:30'],
    ['2011-12-30', '08:00 12:30'],
    ['1999-12-30', '08:00 16:30'],
    ['1995-05-01', '08:30 16:30'],
    ['2002-05-27', '08:00 16:30'],
    ['2020-05-04', '08:00 16:30'],
    ['2022-05-30', '08:00 16:30'],
  ])('has the session of %s: %s', (date, expected) => expect(hours('XLON', date)).toBe(expected));

  it.each([
    ['1995-05-08', '50 years of Victory in Europe'],
    ['1999-12-31', 'eve of the year 2000'],
    ['2002-06-04', 'Golden Jubilee'],
    ['2011-04-29', 'royal wedding'],
    ['2012-06-05', 'Diamond Jubilee'],
    ['2020-05-08', '75 years of Victory in Europe'],
    ['2022-06-02', 'Spring bank holiday'],
    ['2022-09-19', 'funeral of Queen Elizabeth II'],
    ['2023-05-08', 'coronation of King Charles III'],
    ['2010-12-27', 'Christmas Day'],
    ['2010-12-28', 'Boxing Day'],
    ['2016-12-26', 'Boxing Day'],
    ['2016-12-27', 'Christmas Day'],
    ['2022-01-03', "New Year's Day"],
    ['2024-04-01', 'Easter Monday'],
    ['2026-08-31', 'Summer bank holiday'],
  ])('is closed on %s: %s', (date, reason) => expect(hours('XLON', date)).toBe(reason));
});

describe('Toronto', () => {
  it.each([
    ['2024-07-02', '09:30 16:00'],
    ['2024-12-24', '09:30 13:00'],
    ['2008-12-24', '09:30 13:00'],
    ['2008-12-31', '09:30 16:00'],
    ['2007-02-19', '09:30 16:00'],
    ['2001-09-11', '09:30 10:40'],
    ['2001-09-12', 'attack on the World Trade Center'],
    ['2001-09-13', '09:30 16:00'],
    ['2008-02-18', 'Family Day'],
    ['2024-05-20', 'Victoria Day'],
    ['2023-07-03', 'Canada Day'],
    ['2024-08-05', 'Civic Holiday'],
    ['2024-10-14', 'Thanksgiving Day'],
    ['2021-12-27', 'Christmas Day'],
    ['2021-12-28', 'Boxing Day'],
  ])('on %s: %s', (date, expected) => expect(hours('XTSE', date)).toBe(expected));
});

describe('Hong Kong', () => {
  it.each([
    ['2011-03-04', '10:00 12:30 14:30 16:00'],
    ['2011-03-07', '09:30 12:00 13:30 16:00'],
    ['2012-03-02', '09:30 12:00 13:30 16:00'],
    ['2012-03-05', '09:30 12:00 13:00 16:00'],
    ['2024-12-24', '09:30 12:00'],
    ['2024-12-31', '09:30 12:00'],
    ['2025-01-28', '09:30 12:00'],
    ['2008-02-06', '10:00 12:30'],
    ['2003-01-31', 'Lunar New Year in lieu'],
    ['2003-02-03', 'third day of Lunar New Year'],
    ['2018-02-19', 'Lunar New Year in lieu'],
    ['2013-02-13', 'Lunar New Year in lieu'],
    ['2015-04-07', 'Ching Ming Festival'],
    ['2021-04-06', 'Ching Ming Festival'],
    ['2026-04-07', 'Ching Ming Festival'],
    ['2012-10-02', 'day after Mid-Autumn Festival'],
    ['2022-09-12', 'day after Mid-Autumn Festival'],
    ['2017-05-03', "Buddha's Birthday"],
    ['1998-05-04', '10:00 12:30 14:30 16:00'],
    ['2026-06-19', 'Tuen Ng Festival'],
    ['2026-10-19', 'Chung Yeung Festival'],
    ['2022-12-26', 'Christmas Day'],
    ['2022-12-27', 'day after Christmas'],
    ['2021-12-27', 'day after Christmas'],
    ['2018-07-02', 'Establishment Day'],
    ['2015-09-03', '70 years of Victory Day'],
    ['2017-08-23', 'typhoon'],
    ['2023-09-01', 'typhoon'],
    ['2023-09-08', 'black rainstorm'],
    ['2024-09-06', 'typhoon'],
    ['2025-09-24', '09:30 12:00 13:00 16:00'],
  ])('on %s: %s', (date, expected) => expect(hours('XHKG', date)).toBe(expected));

  // The platform's calendar takes the new moon of February 2027 a day late.
  it("takes its festivals from a table that agrees with the platform's Chinese calendar, one day apart", () => {
    const format = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
    const wrong: string[] = [];
    for (let year = 1990; year <= 2028; year++) {
      for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year, 2, 1); day += 86_400_000) {
        const date = new Date(day).toISOString().slice(0, 10);
        const weekday = new Date(day).getUTCDay();
        if (format.format(day) !== '1/1' || weekday === 0 || weekday === 6) continue;
        if (hours('XHKG', date) !== 'Lunar New Year') wrong.push(date);
      }
    }
    expect(wrong).toEqual([]);
    expect(hours('XHKG', '2027-02-08')).toBe('third day of Lunar New Year');
    expect(hours('XHKG', '2027-02-09')).toBe('Lunar New Year in lieu');
  });
});

describe('markets without an exchange', () => {
  it('trade every day in UTC, or from Sunday evening to Friday evening in New York', () => {
    const always = calendarOf('24/7');
    expect(always.sessions({ from: '2024-01-01', to: '2024-12-31' })).toHaveLength(366);
    expect(always.isOpen(Date.parse('2024-12-25T00:00:00Z'))).toBe(true);
    const currencies = calendarOf('24/5');
    expect(currencies.sessions({ from: '2024-03-04', to: '2024-03-17' })).toHaveLength(10);
    // The clocks of New York changed on Sunday, 10 March.
    expect(new Date(currencies.sessionOf('2024-03-08')?.close ?? 0).toISOString()).toBe('2024-03-08T22:00:00.000Z');
    expect(new Date(currencies.sessionOf('2024-03-11')?.open ?? 0).toISOString()).toBe('2024-03-10T21:00:00.000Z');
    expect(currencies.isOpen(Date.parse('2024-03-10T20:59:59Z'))).toBe(false);
    expect(currencies.sessionAt(Date.parse('2024-03-10T21:00:00Z'))?.date).toBe('2024-03-11');
  });
});
