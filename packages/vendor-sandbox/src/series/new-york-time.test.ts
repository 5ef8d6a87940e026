import { describe, expect, it } from 'vitest';
import { newYorkTime } from './new-york-time.ts';

function shown(instant: number): string {
  const { day, minute } = newYorkTime(instant);
  return new Date(day * 86_400_000 + minute * 60_000).toISOString().slice(0, 19);
}

describe('newYorkTime', () => {
  it.each([
    [Date.UTC(2024, 0, 15, 12, 0), '2024-01-15T07:00:00'],
    [Date.UTC(2024, 6, 15, 12, 0), '2024-07-15T08:00:00'],
    [Date.UTC(2024, 6, 15, 3, 59, 59), '2024-07-14T23:59:59'],
    [Date.UTC(2024, 2, 10, 6, 59, 59), '2024-03-10T01:59:59'],
    [Date.UTC(2024, 2, 10, 7, 0), '2024-03-10T03:00:00'],
    [Date.UTC(2024, 10, 3, 5, 59, 59), '2024-11-03T01:59:59'],
    [Date.UTC(2024, 10, 3, 6, 0), '2024-11-03T01:00:00'],
    [Date.UTC(2006, 3, 1, 12, 0), '2006-04-01T07:00:00'],
  ])('shows what the clocks there show at %s', (instant, expected) => {
    expect(shown(instant)).toBe(expected);
  });
});
