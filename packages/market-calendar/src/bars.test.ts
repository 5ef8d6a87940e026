import { describe, expect, it } from 'vitest';
import type { BarOptions } from './bars.ts';
import { calendarOf } from './create-calendar.ts';
import type { Session } from './session.ts';

type Intraday = '1min' | '5min' | '15min' | '30min' | '60min';

const nyse = calendarOf('XNYS');
const hongKong = calendarOf('XHKG');

function bars(exchange: string, interval: Intraday, date: string, options: BarOptions = {}): string[] {
  const calendar = calendarOf(exchange);
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: calendar.timeZone, hour: '2-digit', minute: '2-digit' });
  const session = calendar.sessionOf(date) as Session;
  return [...calendar.expectedBars(interval, session, options)].map((open) => format.format(open));
}

describe('expected bars', () => {
  it('are as many as the session has intervals', () => {
    const session = nyse.sessionOf('2024-07-02') as Session;
    const early = nyse.sessionOf('2024-07-03') as Session;
    const count = (of: Session, options?: BarOptions): number[] =>
      (['1min', '5min', '15min', '30min', '60min', 'daily'] as const).map(
        (interval) => nyse.expectedBars(interval, of, options).length,
      );
    expect(count(session)).toEqual([390, 78, 26, 13, 7, 1]);
    expect(count(session, { extended: true })).toEqual([960, 192, 64, 32, 16, 1]);
    expect(count(early)).toEqual([210, 42, 14, 7, 4, 1]);
    expect(count(early, { extended: true })).toEqual([780, 156, 52, 26, 13, 1]);
  });

  it('are cut on the clock, or counted from the open', () => {
    expect(bars('XNYS', '60min', '2024-07-02')).toEqual([
      '09:30',
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
      '15:00',
    ]);
    expect(bars('XNYS', '60min', '2024-07-02', { alignment: 'session' })).toEqual([
      '09:30',
      '10:30',
      '11:30',
      '12:30',
      '13:30',
      '14:30',
      '15:30',
    ]);
    const extended = bars('XNYS', '60min', '2024-07-02', { extended: true });
    expect([extended[0], extended[5], extended.at(-1)]).toEqual(['04:00', '09:00', '19:00']);
  });

  it('leave out breaks', () => {
    expect(bars('XHKG', '60min', '2024-07-02')).toEqual(['09:30', '10:00', '11:00', '13:00', '14:00', '15:00']);
    expect(bars('XHKG', '60min', '2011-03-08', { alignment: 'session' })).toEqual([
      '09:30',
      '10:30',
      '11:30',
      '13:30',
      '14:30',
      '15:30',
    ]);
    const lunch = Date.parse('2024-07-02T12:30:00+08:00');
    expect(hongKong.alignToBar(lunch, '5min')).toBeUndefined();
    expect(hongKong.isOpen(lunch)).toBe(false);
  });

  it('begin a late session at its open', () => {
    expect(bars('XNYS', '30min', '2002-09-11')[0]).toBe('12:00');
    expect(bars('XNYS', '30min', '2002-09-11', { extended: true })[0]).toBe('04:00');
  });

  it('of days open at midnight on the exchange’s clocks', () => {
    const session = nyse.sessionOf('2024-07-02') as Session;
    expect([...nyse.expectedBars('daily', session)]).toEqual([Date.parse('2024-07-02T04:00:00Z')]);
  });

  it('of weeks and months open with their last session', () => {
    const dates = (interval: 'weekly' | 'monthly'): string[] =>
      nyse
        .sessions({ from: '2024-03-18', to: '2024-04-05' })
        .filter((session) => nyse.expectedBars(interval, session).length === 1)
        .map(({ date }) => date);
    // 29 March was Good Friday.
    expect(dates('weekly')).toEqual(['2024-03-22', '2024-03-28', '2024-04-05']);
    expect(dates('monthly')).toEqual(['2024-03-28']);
  });
});

describe('aligning to a bar', () => {
  const utc = (text: string): number => Date.parse(text);

  it('finds the bar that an instant lies in', () => {
    expect(nyse.alignToBar(utc('2024-07-02T13:34:59.999Z'), '5min')).toBe(utc('2024-07-02T13:30:00Z'));
    expect(nyse.alignToBar(utc('2024-07-02T13:59:00Z'), '60min')).toBe(utc('2024-07-02T13:30:00Z'));
    expect(nyse.alignToBar(utc('2024-07-02T14:00:00Z'), '60min')).toBe(utc('2024-07-02T14:00:00Z'));
    expect(nyse.alignToBar(utc('2024-07-02T13:59:00Z'), '60min', { extended: true })).toBe(utc('2024-07-02T13:00:00Z'));
  });

  it('finds none outside the session', () => {
    expect(nyse.alignToBar(utc('2024-07-02T13:29:59Z'), '1min')).toBeUndefined();
    expect(nyse.alignToBar(utc('2024-07-02T20:00:00Z'), '1min')).toBeUndefined();
    expect(nyse.alignToBar(utc('2024-07-04T15:00:00Z'), '1min')).toBeUndefined();
    expect(nyse.alignToBar(utc('2024-07-04T15:00:00Z'), 'daily')).toBeUndefined();
  });

  it('takes the day, week and month on the exchange’s clocks', () => {
    expect(nyse.alignToBar(utc('2024-07-02T03:59:00Z'), 'daily')).toBe(utc('2024-07-01T04:00:00Z'));
    expect(nyse.alignToBar(utc('2024-03-26T15:00:00Z'), 'weekly')).toBe(utc('2024-03-28T04:00:00Z'));
    expect(nyse.alignToBar(utc('2024-03-01T15:00:00Z'), 'monthly')).toBe(utc('2024-03-28T04:00:00Z'));
  });
});
