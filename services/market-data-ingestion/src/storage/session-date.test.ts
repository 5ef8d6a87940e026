import { describe, expect, it } from 'vitest';
import { sessionDateText } from './session-date.ts';

describe('a session date', () => {
  it.each([
    [0, '1970-01-01'],
    [-1, '1969-12-31'],
    [19_724, '2024-01-02'],
    [19_782, '2024-02-29'],
    [-25_567, '1900-01-01'],
  ])('of day %d is %s', (days, text) => {
    expect(sessionDateText(days)).toBe(text);
  });
});
