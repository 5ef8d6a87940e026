import { calendarOf } from '@quantumtrade/market-calendar';
import { describe, expect, it } from 'vitest';
import { type DueTimes, dueTimes } from './due-times.ts';

const newYork = calendarOf('XNYS');
const at = (text: string): number => Date.parse(text);

function daily(cron = '30 16 * * 1-5', exchange = newYork): DueTimes {
  return dueTimes({ cron, calendar: exchange, afterSessions: true });
}

function anyDay(cron: string): DueTimes {
  return dueTimes({ cron, calendar: newYork, afterSessions: false });
}

function following(times: DueTimes, start: string, count: number): string[] {
  const found: string[] = [];
  let instant: number | undefined = at(start);
  while (found.length < count) {
    instant = times.next(instant);
    if (instant === undefined) break;
    found.push(new Date(instant).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('due times', () => {
  it('follow the clocks of the exchange, whatever they are set to', () => {
    // The clocks of New York go forward on 2026-03-08 and back on 2026-11-01.
    expect(following(daily(), '2026-03-05T22:00Z', 3)).toEqual([
      '2026-03-06T21:30Z',
      '2026-03-09T20:30Z',
      '2026-03-10T20:30Z',
    ]);
    expect(following(daily(), '2026-10-30T00:00Z', 2)).toEqual(['2026-10-30T20:30Z', '2026-11-02T21:30Z']);
  });

  it('come once in the hour that the clocks go through twice', () => {
    expect(following(anyDay('0 1 * * *'), '2026-10-31T12:00Z', 2)).toEqual(['2026-11-01T05:00Z', '2026-11-02T06:00Z']);
    expect(following(anyDay('30 1,13 * * *'), '2026-10-31T18:00Z', 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-01T18:30Z',
    ]);
  });

  it('come after the hour that the clocks leave out', () => {
    expect(following(anyDay('30 2 * * *'), '2026-03-07T12:00Z', 2)).toEqual(['2026-03-08T07:00Z', '2026-03-09T06:30Z']);
  });

  it('pass over holidays and weekends', () => {
    // Thanksgiving is on 2026-11-26; the 27th closes early.
    expect(following(daily('30 16 * * *'), '2026-11-25T22:00Z', 2)).toEqual(['2026-11-27T21:30Z', '2026-11-30T21:30Z']);
    expect(following(anyDay('30 16 * * *'), '2026-11-25T22:00Z', 2)).toEqual([
      '2026-11-26T21:30Z',
      '2026-11-27T21:30Z',
    ]);
  });

  it('never come before the close of the session', () => {
    // 13:15 is before the close of 16:00, and after the early one of 13:00.
    expect(following(daily('15 13 * * *'), '2026-11-25T05:00Z', 3)).toEqual([
      '2026-11-25T21:00Z',
      '2026-11-27T18:15Z',
      '2026-11-30T21:00Z',
    ]);
    expect(following(daily('0 9,11 * * *'), '2026-11-24T05:00Z', 2)).toEqual([
      '2026-11-24T21:00Z',
      '2026-11-25T21:00Z',
    ]);
    expect(following(daily('0 16 * * *', calendarOf('XLON')), '2026-06-01T00:00Z', 1)).toEqual(['2026-06-01T15:30Z']);
  });

  it('are found between a cron instant and the close that it waits for', () => {
    expect(following(daily('0 9 * * *'), '2026-11-24T20:59Z', 1)).toEqual(['2026-11-24T21:00Z']);
  });

  it('are counted since the last one, and the newest is given', () => {
    const week = daily().newest(at('2026-11-23T21:30Z'), at('2026-11-30T21:29Z'));
    expect(week).toEqual({ at: at('2026-11-27T21:30Z'), count: 3 });
    expect(daily().newest(at('2026-11-27T21:30Z'), at('2026-11-30T21:29Z'))).toBe(undefined);
    expect(daily().newest(at('2026-11-27T21:30Z'), at('2026-11-30T21:30Z'))?.count).toBe(1);
  });

  it('are not counted without end after years without a run', () => {
    const minutes = anyDay('* * * * *').newest(at('2020-01-01T00:00Z'), at('2026-11-30T21:29:30Z'));
    expect(minutes).toEqual({ at: at('2026-11-30T21:29Z'), count: 1_000 });
  });

  it('go on beyond the years of the calendar, by the cron text alone', () => {
    expect(following(daily(), '2028-12-28T22:00Z', 3)).toEqual([
      '2028-12-29T21:30Z',
      '2029-01-01T21:30Z',
      '2029-01-02T21:30Z',
    ]);
  });

  it.each(['', 'soon', '61 * * * *', '* * * * * *', '0 0 30 2 *'])('are refused for %j', (cron) => {
    expect(() => anyDay(cron)).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'invalidSchedule' }));
  });
});
