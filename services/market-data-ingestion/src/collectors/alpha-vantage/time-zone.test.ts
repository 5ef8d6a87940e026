import { describe, expect, it } from 'vitest';
import { BodyError } from '../shared/body-error.ts';
import { timeZoneOf } from './time-zone.ts';

describe('timeZoneOf', () => {
  it.each([
    ['US/Eastern', 'America/New_York'],
    ['America/New_York', 'America/New_York'],
    [undefined, 'America/New_York'],
    ['UTC', 'UTC'],
    ['Europe/London', 'Europe/London'],
  ])('takes %s as %s', (word, zone) => {
    expect(timeZoneOf(word)).toBe(zone);
  });

  it.each(['', 'Mars/Olympus', '+05:00', 'US/Eastern\n', '__proto__', 'x'.repeat(1000)])('refuses %j', (word) => {
    expect(() => timeZoneOf(word)).toThrow(BodyError);
  });
});
