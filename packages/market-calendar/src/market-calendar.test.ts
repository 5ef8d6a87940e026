import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarOf } from './create-calendar.ts';
import { exchanges } from './exchange-definition.ts';
import type { Session } from './session.ts';

const range = { from: '1990-01-01', to: '2028-12-31' };
const instants = fc.integer({ min: Date.parse('1990-01-03'), max: Date.parse('2028-12-20') });
const intervals = fc.constantFrom('1min', '5min', '15min', '30min', '60min', 'daily', 'weekly', 'monthly');
const options = fc.record({ extended: fc.boolean(), alignment: fc.constantFrom('clock', 'session') });

describe.each(exchanges)('the calendar of %s', (exchange) => {
  const calendar = calendarOf(exchange);
  const all = calendar.sessions(range);
  const anySession = fc.constantFrom(...all);

  it('has sessions in order that do not overlap, even with extended hours', () => {
    for (const [index, { open, close, extended, breaks }] of all.entries()) {
      const edges = [extended.open, open, ...breaks.flatMap(({ from, until }) => [from, until]), close, extended.close];
      expect(edges).toEqual([...edges].sort((left, right) => left - right));
      expect(open).toBeLessThan(close);
      expect(extended.close).toBeLessThanOrEqual(all[index + 1]?.extended.open ?? Number.POSITIVE_INFINITY);
    }
  });

  it('gives a reason for every weekday without a session, and for every session with other hours', () => {
    const known = new Set(all.map(({ date }) => date));
    for (let day = Date.parse(range.from); day <= Date.parse(range.to); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      expect(calendar.closureOf(date) === undefined).toBe(known.has(date));
    }
    expect(all.filter(({ early, reason }) => early && reason === undefined)).toEqual([]);
  });

  it('goes forward and back to the same session', () => {
    // Just before the first and just after the last session is already outside some calendars.
    fc.assert(
      fc.property(fc.constantFrom(...all.slice(1, -1)), (session) => {
        const next = calendar.next(session.date);
        if (next !== undefined) expect(calendar.previous(next.date)).toEqual(session);
        expect(calendar.next(session.open)).toEqual(next);
        expect(calendar.previous(session.close)).toEqual(session);
        expect(calendar.next(session.open - 1)).toEqual(session);
      }),
    );
  });

  it('expects bars in order, inside the trading hours, each aligned to itself', () => {
    fc.assert(
      fc.property(anySession, intervals, options, (session, interval, chosen) => {
        const bars = calendar.expectedBars(interval, session, chosen);
        const { open, close } = chosen.extended ? session.extended : session;
        for (const [index, bar] of bars.entries()) {
          expect(bar).toBeGreaterThan(bars[index - 1] ?? 0);
          if (interval.endsWith('min')) expect(bar >= open && bar < close).toBe(true);
          if (interval.endsWith('min')) expect(calendar.isOpen(bar, chosen)).toBe(true);
          expect(calendar.alignToBar(bar, interval, chosen)).toBe(bar);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('aligns an instant to an expected bar, or to none when it is closed', () => {
    fc.assert(
      fc.property(instants, intervals, options, (instant, interval, chosen) => {
        const bar = calendar.alignToBar(instant, interval, chosen);
        if (interval.endsWith('min')) expect(bar !== undefined).toBe(calendar.isOpen(instant, chosen));
        if (bar === undefined) return;
        expect(calendar.alignToBar(bar, interval, chosen)).toBe(bar);
        if (!interval.endsWith('min')) return;
        expect(bar).toBeLessThanOrEqual(instant);
        const session = calendar.sessionAt(instant, chosen) as Session;
        expect(calendar.expectedBars(interval, session, chosen)).toContain(bar);
      }),
    );
  });

  it('is open at its opens and no longer at its closes', () => {
    fc.assert(
      fc.property(anySession, ({ open, close, date }) => {
        expect(calendar.sessionAt(open)?.date).toBe(date);
        expect(calendar.isOpen(open)).toBe(true);
        expect(calendar.isOpen(close - 1)).toBe(true);
        if (close < Date.parse('2028-12-29')) expect(calendar.sessionAt(close)?.date).not.toBe(date);
      }),
    );
  });
});

describe('the ends of a calendar', () => {
  const nyse = calendarOf('XNYS');

  it('have no session beyond them', () => {
    expect(nyse.previous('1990-01-02')).toBeUndefined();
    expect(nyse.next('2028-12-29')).toBeUndefined();
  });

  it.each([
    ['a date before', () => nyse.sessionOf('1989-12-29')],
    ['a date after', () => nyse.sessions({ from: '2028-12-01', to: '2029-01-31' })],
    ['an instant before', () => nyse.isOpen(Date.parse('1989-12-29T15:00:00Z'))],
    ['an instant after', () => nyse.alignToBar(Date.parse('2029-01-02T15:00:00Z'), '1min')],
    ['no instant', () => nyse.isOpen(Number.NaN)],
  ])('refuse %s', (_, ask) => {
    expect(ask).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'outsideCalendar' }));
  });

  it.each(['2024-02-30', '2024-1-2', 'today', '', '2024-01-02T00:00'])('refuse %j as a date', (date) => {
    expect(() => nyse.next(date)).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'invalidDate' }));
  });
});
