import { describe, expect, it } from 'vitest';
import { calendarOf } from '../create-calendar.ts';
import type { Session } from '../session.ts';

const nyse = calendarOf('XNYS');

/** Hours on the clocks of New York. */
function hours(session: Session | undefined): string | undefined {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
  return session && `${clock.format(session.open)}-${clock.format(session.close)}`;
}

/** Sessions a year, as the exchange's volume statistics and index histories count them. */
const counts: Readonly<Record<number, number>> = {
  ...{ 1990: 253, 1991: 253, 1992: 254, 1993: 253, 1994: 252, 1995: 252, 1996: 254, 1997: 253, 1998: 252, 1999: 252 },
  ...{ 2000: 252, 2001: 248, 2002: 252, 2003: 252, 2004: 252, 2005: 252, 2006: 251, 2007: 251, 2008: 253, 2009: 252 },
  ...{ 2010: 252, 2011: 252, 2012: 250, 2013: 252, 2014: 252, 2015: 252, 2016: 252, 2017: 251, 2018: 251, 2019: 252 },
  ...{ 2020: 253, 2021: 252, 2022: 251, 2023: 250, 2024: 252, 2025: 250, 2026: 251 },
};

describe('the sessions of the New York Stock Exchange', () => {
  it.each(Object.entries(counts))('in %s are %i', (year, count) => {
    expect(nyse.sessions({ from: `${year}-01-01`, to: `${year}-12-31` })).toHaveLength(count);
  });

  it('are the same days at Nasdaq', () => {
    const all = { from: '1990-01-01', to: '2028-12-31' };
    const dates = (exchange: string): string[] =>
      calendarOf(exchange)
        .sessions(all)
        .map(({ date }) => date);
    expect(dates('XNAS')).toEqual(dates('XNYS'));
  });

  it.each([
    ['1994-04-27', 'funeral of Richard Nixon'],
    ['1998-01-19', 'Martin Luther King Jr. Day'],
    ['1999-12-24', 'Christmas Day'],
    ['2001-09-11', 'attack on the World Trade Center'],
    ['2001-09-14', 'attack on the World Trade Center'],
    ['2004-06-11', 'day of mourning for Ronald Reagan'],
    ['2007-01-02', 'day of mourning for Gerald Ford'],
    ['2008-03-21', 'Good Friday'],
    ['2010-12-24', 'Christmas Day'],
    ['2012-10-29', 'hurricane Sandy'],
    ['2012-10-30', 'hurricane Sandy'],
    ['2015-07-03', 'Independence Day'],
    ['2017-01-02', "New Year's Day"],
    ['2018-12-05', 'day of mourning for George H. W. Bush'],
    ['2021-07-05', 'Independence Day'],
    ['2022-06-20', 'Juneteenth'],
    ['2025-01-09', 'day of mourning for Jimmy Carter'],
    ['2026-07-03', 'Independence Day'],
    ['2027-06-18', 'Juneteenth'],
    ['2027-12-24', 'Christmas Day'],
    ['2024-07-06', 'weekend'],
  ])('miss %s: %s', (date, reason) => {
    expect(nyse.sessionOf(date)).toBeUndefined();
    expect(nyse.closureOf(date)).toBe(reason);
  });

  it.each([
    ['1997-01-20', 'Martin Luther King Jr. Day was no holiday yet'],
    ['1999-12-31', 'the exchange does not close before a Saturday that begins a year'],
    ['2010-12-31', 'the same'],
    ['2021-06-18', 'Juneteenth was no holiday yet'],
    ['2021-12-31', 'the same'],
    ['2001-09-17', 'trading went on after the attack'],
    ['2025-12-26', 'only the government was closed'],
  ])('include %s: %s', (date) => {
    expect(nyse.sessionOf(date)?.date).toBe(date);
    expect(nyse.closureOf(date)).toBeUndefined();
  });

  it.each([
    ['1990-12-24', '09:30-14:00', 'Christmas Eve'],
    ['1990-12-27', '11:00-16:00', 'explosion of a transformer'],
    ['1992-11-27', '09:30-14:00', 'day after Thanksgiving'],
    ['1993-11-26', '09:30-13:00', 'day after Thanksgiving'],
    ['1994-02-11', '09:30-14:30', 'snowstorm'],
    ['1995-07-03', '09:30-13:00', 'day before Independence Day'],
    ['1995-12-18', '10:30-16:00', 'trouble of the computer systems'],
    ['1996-01-08', '11:00-14:00', 'snowstorm'],
    ['1996-07-05', '09:30-13:00', 'day after Independence Day'],
    ['1997-10-27', '09:30-15:30', 'circuit breaker'],
    ['1997-12-26', '09:30-13:00', 'Friday after Christmas'],
    ['1999-12-31', '09:30-13:00', "New Year's Eve"],
    ['2002-09-11', '12:00-16:00', 'memorial of the attack on the World Trade Center'],
    ['2003-12-26', '09:30-13:00', 'Friday after Christmas'],
    ['2013-07-03', '09:30-13:00', 'day before Independence Day'],
    ['2024-12-24', '09:30-13:00', 'Christmas Eve'],
    ['2028-07-03', '09:30-13:00', 'day before Independence Day'],
  ])('on %s are %s: %s', (date, expected, reason) => {
    const session = nyse.sessionOf(date);
    expect({ hours: hours(session), reason: session?.reason }).toEqual({ hours: expected, reason });
    expect(session?.early).toBe(!expected.endsWith('16:00'));
  });

  it.each([
    '1990-07-03',
    '1991-11-29',
    '1994-07-05',
    '2002-07-03',
    '2013-07-05',
    '2019-07-05',
    '1998-07-02',
    '2008-12-26',
  ])('are whole on %s', (date) => {
    expect(hours(nyse.sessionOf(date))).toBe('09:30-16:00');
    expect(nyse.sessionOf(date)?.reason).toBeUndefined();
  });

  it('close early on exactly the days that the exchange lists', () => {
    const early = (year: number): string[] =>
      nyse
        .sessions({ from: `${year}-01-01`, to: `${year}-12-31` })
        .filter((session) => session.early)
        .map(({ date }) => date.slice(5));
    expect(early(1991)).toEqual(['12-24']);
    expect(early(1998)).toEqual(['11-27', '12-24']);
    expect(early(2004)).toEqual(['11-26']);
    expect(early(2009)).toEqual(['11-27', '12-24']);
    expect(early(2025)).toEqual(['07-03', '11-28', '12-24']);
    expect(early(2026)).toEqual(['11-27', '12-24']);
    expect(early(2028)).toEqual(['07-03', '11-24']);
  });

  it('go on from 04:00 to 20:00, and to 17:00 after an early close that was planned', () => {
    const extended = (date: string): string | undefined => {
      const session = nyse.sessionOf(date);
      return session && hours({ ...session, ...session.extended });
    };
    expect(extended('2024-07-02')).toBe('04:00-20:00');
    expect(extended('2024-07-03')).toBe('04:00-17:00');
    expect(extended('1999-12-31')).toBe('04:00-17:00');
    expect(extended('1997-10-27')).toBe('04:00-20:00');
    expect(extended('2002-09-11')).toBe('04:00-20:00');
  });

  it('keep to the clocks of New York when they change', () => {
    expect(
      nyse.sessions({ from: '2024-03-08', to: '2024-03-11' }).map(({ open }) => new Date(open).toISOString()),
    ).toEqual(['2024-03-08T14:30:00.000Z', '2024-03-11T13:30:00.000Z']);
    // Until 2006 the change was in April, and until 2006 in October.
    const open = (date: string): string => new Date(nyse.sessionOf(date)?.open ?? 0).toISOString().slice(11, 16);
    expect([open('2006-03-31'), open('2006-04-03'), open('2006-10-27'), open('2006-10-30')]).toEqual([
      '14:30',
      '13:30',
      '13:30',
      '14:30',
    ]);
    expect([open('2007-03-09'), open('2007-03-12'), open('2007-11-02'), open('2007-11-05')]).toEqual([
      '14:30',
      '13:30',
      '13:30',
      '14:30',
    ]);
  });
});
