import { describe, expect, it } from 'vitest';
import { isComplete, parseMonths } from './months.ts';

const now = Date.UTC(2024, 2, 15);

describe('months', () => {
  it('are listed oldest first, across years, both ends included', () => {
    expect(parseMonths('2023-11', '2024-02', now)).toEqual(['2023-11', '2023-12', '2024-01', '2024-02']);
    expect(parseMonths('2024-01', '2024-01', now)).toEqual(['2024-01']);
  });

  it('go up to the current one of New York where no end is given', () => {
    expect(parseMonths('2024-02', undefined, now)).toEqual(['2024-02', '2024-03']);
    expect(parseMonths('2024-02', undefined, Date.UTC(2024, 2, 1, 2))).toEqual(['2024-02']);
  });

  it.each([
    ['2024-13', '2024-14', 'use YYYY-MM'],
    ['1999-12', '2024-01', 'from 2000-01 on'],
    ['2024-02', '2024-01', 'is after'],
    ['2024-02', '2024-04', 'in the future'],
    ['2024-2', undefined, 'use YYYY-MM'],
  ])('refuse the range %s to %s', (from, to, says) => {
    expect(() => parseMonths(from, to, now)).toThrow(
      expect.objectContaining({
        kind: 'configuration',
        reason: 'invalidMonth',
        message: expect.stringContaining(says),
      }),
    );
  });

  it('are complete a day after their end in New York', () => {
    expect(isComplete('2024-02', Date.UTC(2024, 2, 2, 4, 59))).toBe(false);
    expect(isComplete('2024-02', Date.UTC(2024, 2, 2, 5))).toBe(true);
    expect(isComplete('2023-12', Date.UTC(2024, 0, 2, 5))).toBe(true);
  });
});
