import { describe, expect, it } from 'vitest';
import { intervals, intradayMilliseconds, isInterval } from './interval.ts';

describe('intervals', () => {
  it('are listed shortest first, each once', () => {
    expect(intervals).toEqual(['1min', '5min', '15min', '30min', '60min', 'daily', 'weekly', 'monthly']);
  });

  it('have an exact length within the day and none beyond', () => {
    expect(intervals.map(intradayMilliseconds)).toEqual([
      60_000,
      300_000,
      900_000,
      1_800_000,
      3_600_000,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are told from other text', () => {
    expect(intervals.every(isInterval)).toBe(true);
    for (const text of ['', '2min', 'Daily', '1min ', 'constructor', '__proto__']) expect(isInterval(text)).toBe(false);
  });
});
