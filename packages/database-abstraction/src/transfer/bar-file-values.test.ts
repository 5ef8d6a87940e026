import { describe, expect, it } from 'vitest';
import { parseDate, parseInstant, parseUnits } from './bar-file-values.ts';

describe('values of a file of bars', () => {
  it.each([
    ['0', 0n],
    ['-1.5', -1_500_000_000_000_000_000n],
    ['0.000000000000000001', 1n],
    ['99999999999999999999.999999999999999999', 10n ** 38n - 1n],
    ['007.50000000000000000000', 7_500_000_000_000_000_000n],
  ])('read the decimal %s exactly', (text, units) => {
    expect(parseUnits('open', text)).toBe(units);
  });

  it.each(['', '1e5', '.5', '5.', '1,5', ' 1', 'nan', 'inf', '100000000000000000000', '0.0000000000000000001'])(
    'refuse %j as a decimal, by the name of its column',
    (text) => {
      expect(() => parseUnits('open', text)).toThrow(/^open /);
    },
  );

  it.each(['2024-01-02T14:30:00.250Z', '2024-01-02 14:30:00.250', '2024-01-02 14:30:00.250000+00:00'])(
    'read %s as an instant in UTC',
    (text) => {
      expect(parseInstant('open_time', text)).toBe(Date.UTC(2024, 0, 2, 14, 30, 0, 250));
    },
  );

  it.each([
    '2024-02-30T00:00:00Z',
    '2024-01-02',
    '2024-01-02T14:30:00+05:00',
    '2024-01-02T14:30:00.0001Z',
    '1704205800',
  ])('refuse %s as an instant', (text) => {
    expect(() => parseInstant('open_time', text)).toThrow(/^open_time /);
  });

  it('read dates as days, and refuse one that no calendar has', () => {
    expect(parseDate('session_date', '1969-12-31')).toBe(-1);
    expect(() => parseDate('session_date', '2023-02-29')).toThrow(/^session_date /);
  });
});
