import { describe, expect, it } from 'vitest';
import { retryAfterOf } from './retry-after.ts';

const now = Date.UTC(2024, 0, 2, 12);

describe('retryAfterOf', () => {
  it.each([
    ['5', 5000],
    [' 1.5 ', 1500],
    ['0', 0],
    ['-30', 0],
    ['999999999999', 86_400_000],
    ['Tue, 02 Jan 2024 12:00:30 GMT', 30_000],
    ['Tue, 02 Jan 2024 11:00:00 GMT', 0],
    ['Tue, 02 Jan 2034 12:00:00 GMT', 86_400_000],
  ])('reads %j as %d ms', (header, wait) => {
    expect(retryAfterOf(header, now)).toBe(wait);
  });

  it.each([undefined, '', 'soon', 'NaN', '1e9', 'Infinity', '2024'.repeat(200).concat('x')])(
    'makes nothing of %j',
    (header) => {
      expect(retryAfterOf(header, now)).toBeUndefined();
    },
  );
});
