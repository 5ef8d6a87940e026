import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CalendarException } from './calendar-exception.ts';
import { calendarOf, createCalendar, isExchange } from './create-calendar.ts';
import { differingSessions } from './differing-sessions.ts';
import { exchanges } from './exchange-definition.ts';

const range = { from: '1990-01-01', to: '2028-12-31' };
const nyse = calendarOf('XNYS');

/** The days that exceptions change, with the hours they have afterwards on the clocks of New York. */
function changed(...exceptions: CalendarException[]): [string, string | undefined][] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
  const calendar = createCalendar('XNYS', { exceptions });
  return differingSessions(nyse.sessions(range), calendar.sessions(range)).map(({ date, after }) => [
    date,
    after &&
      [after.extended.open, after.open, after.close, after.extended.close].map((edge) => clock.format(edge)).join(' '),
  ]);
}

describe('exceptions', () => {
  it('change the days they name and no others', () => {
    expect(
      changed(
        { kind: 'closed', date: '2026-03-10', reason: 'mourning' },
        { kind: 'hours', date: '2026-03-11', close: '13:00', extendedClose: '17:00', reason: 'mourning' },
        { kind: 'hours', date: '2026-03-12', open: '12:00', reason: 'mourning' },
        { kind: 'hours', date: '2026-03-14', reason: 'a Saturday that made up for it' },
      ),
    ).toEqual([
      ['2026-03-10', undefined],
      ['2026-03-11', '04:00 09:30 13:00 17:00'],
      ['2026-03-12', '04:00 12:00 16:00 20:00'],
      ['2026-03-14', '04:00 09:30 16:00 20:00'],
    ]);
  });

  it('open a holiday and take back an early close', () => {
    const early = {
      kind: 'hours',
      date: '2026-11-27',
      close: '16:00',
      extendedClose: '20:00',
      reason: 'whole',
    } as const;
    expect(changed({ kind: 'hours', date: '2026-12-25', reason: 'no holiday' }, early)).toEqual([
      ['2026-11-27', '04:00 09:30 16:00 20:00'],
      ['2026-12-25', '04:00 09:30 16:00 20:00'],
    ]);
    const whole = createCalendar('XNYS', { exceptions: [early] }).sessionOf('2026-11-27');
    expect(whole).toMatchObject({ early: false, reason: 'whole' });
  });

  it('drop a break that the hours leave out', () => {
    const date = '2024-07-02';
    const breaks = (hours: { open?: string; close?: string }): number | undefined =>
      createCalendar('XHKG', { exceptions: [{ kind: 'hours', date, reason: 'typhoon', ...hours }] }).sessionOf(date)
        ?.breaks.length;
    expect([breaks({}), breaks({ open: '13:30' }), breaks({ close: '11:00' })]).toEqual([1, 0, 0]);
  });

  it('make another version, the same for the same exceptions', () => {
    const exceptions = [{ kind: 'closed', date: '2026-03-10', reason: 'mourning' }] as const;
    const { version } = createCalendar('XNYS', { exceptions });
    expect(version).not.toBe(nyse.version);
    expect(createCalendar('XNYS', { exceptions }).version).toBe(version);
    expect(createCalendar('XNYS').version).toBe(nyse.version);
  });

  it.each([
    [{ kind: 'hours', date: '2026-03-10', open: '9:30', reason: 'x' }, 'invalidCalendarException'],
    [{ kind: 'hours', date: '2026-03-10', open: '16:00', reason: 'x' }, 'invalidCalendarException'],
    [{ kind: 'closed', date: '2026-02-30', reason: 'x' }, 'invalidDate'],
    [{ kind: 'closed', date: '2036-02-03', reason: 'x' }, 'outsideCalendar'],
  ] as const)('%j is refused as %s', (exception, reason) => {
    const create = (): unknown => createCalendar('XNYS', { exceptions: [exception] });
    expect(create).toThrow(expect.objectContaining({ kind: 'configuration', reason }));
  });
});

describe('exchanges', () => {
  it('are told from other text', () => {
    expect(exchanges.every(isExchange)).toBe(true);
    for (const name of ['NYSE', 'xnys', '', 'constructor', '__proto__']) {
      expect(isExchange(name)).toBe(false);
      expect(() => calendarOf(name)).toThrow(expect.objectContaining({ reason: 'unknownExchange' }));
    }
  });

  // What was derived from a calendar is kept under its version. When this fails, the sessions have changed: raise the
  // version of the exchange's definition, and then the digest here.
  it.each([
    ['XNYS', '2026.1', '13aa818b179613bd'],
    ['XNAS', '2026.1', 'ed3aa1a4767902c0'],
    ['XLON', '2026.1', 'fdf22587944289e3'],
    ['XTSE', '2026.1', '7a46bd0cb02bf727'],
    ['XHKG', '2026.1', '9c7989e28364853f'],
    ['24/7', '2026.1', '49382569d65f1685'],
    ['24/5', '2026.1', 'b11e04e894cd4e7f'],
  ])('%s has the sessions of its version %s', (exchange, version, digest) => {
    const calendar = calendarOf(exchange);
    const text = JSON.stringify(calendar.sessions(range));
    expect(calendar.version).toBe(version);
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(digest);
  });
});

describe('differing sessions', () => {
  it('compare with a list that was kept as JSON', () => {
    const march = { from: '2026-03-01', to: '2026-03-31' };
    const kept = JSON.parse(JSON.stringify(nyse.sessions(march)));
    expect(differingSessions(kept, nyse.sessions(march))).toEqual([]);
    const after = createCalendar('XNYS', { exceptions: [{ kind: 'closed', date: '2026-03-10', reason: 'x' }] });
    expect(differingSessions(kept, after.sessions(march))).toEqual([
      { date: '2026-03-10', before: nyse.sessionOf('2026-03-10'), after: undefined },
    ]);
    expect(differingSessions(after.sessions(march), kept).map(({ before }) => before)).toEqual([undefined]);
  });

  it('do not count another reason', () => {
    const sessions = nyse.sessions({ from: '2026-11-27', to: '2026-11-27' });
    expect(
      differingSessions(
        sessions,
        sessions.map((session) => ({ ...session, reason: 'other words' })),
      ),
    ).toEqual([]);
  });
});
