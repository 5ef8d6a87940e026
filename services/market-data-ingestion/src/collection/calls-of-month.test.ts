import { describe, expect, it } from 'vitest';
import { callsOfMonth, type MonthOfBars } from './calls-of-month.ts';

const later = Date.UTC(2024, 11, 1);
const minutes: MonthOfBars = { symbol: 'AAPL', interval: '1min', month: '2024-01' };

describe('the calls that a month of bars takes', () => {
  it('are one for each 10,000 bars where that is a page', () => {
    // 21 sessions of 960 minutes.
    expect(callsOfMonth(minutes, 10_000, later)).toBe(3);
    expect(callsOfMonth({ ...minutes, interval: '5min' }, 10_000, later)).toBe(1);
    expect(callsOfMonth({ ...minutes, symbol: 'BTC/USD' }, 10_000, later)).toBe(5);
    expect(callsOfMonth({ ...minutes, symbol: 'BTC/USD', month: '2024-02' }, 1440, later)).toBe(29);
    expect(callsOfMonth(minutes, 21 * 960, later)).toBe(1);
    expect(callsOfMonth(minutes, 21 * 960 - 1, later)).toBe(2);
  });

  it('are one where the vendor has no pages', () => {
    expect(callsOfMonth(minutes, undefined, later)).toBe(1);
  });

  it('count no bars that are still to come', () => {
    expect(callsOfMonth(minutes, 960, Date.UTC(2024, 0, 3, 20))).toBe(2);
    expect(callsOfMonth(minutes, 960, Date.UTC(2024, 0, 1))).toBe(1);
  });

  it('count every day where the calendar does not reach', () => {
    expect(callsOfMonth({ ...minutes, month: '2040-01' }, 960, Date.UTC(2041, 0, 1))).toBe(31);
  });
});
