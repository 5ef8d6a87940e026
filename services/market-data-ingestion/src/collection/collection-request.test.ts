import { isServiceError } from '@quantumtrade/core-traits';
import { intervals } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { type CollectionOptions, parseInterval, parseRequest } from './collection-request.ts';

function refusalOf(symbol: string, interval: string, options?: CollectionOptions) {
  try {
    parseRequest(symbol, interval, options);
  } catch (error) {
    if (isServiceError(error)) return { kind: error.kind, reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('the request was accepted');
}

describe('a request', () => {
  it('folds the symbol and asks for raw bars unless told otherwise', () => {
    expect(parseRequest('brk.b', 'daily')).toEqual({
      symbol: 'BRK.B',
      interval: 'daily',
      adjusted: false,
      outputSize: undefined,
      month: undefined,
    });
    expect(parseRequest('^GSPC', '60min', { adjusted: true, outputSize: 'full', month: '2000-01' })).toEqual({
      symbol: '^GSPC',
      interval: '60min',
      adjusted: true,
      outputSize: 'full',
      month: '2000-01',
    });
  });

  it('may choose hours and entitlement', () => {
    const chosen = { extendedHours: false, entitlement: 'realtime' } as const;
    expect(parseRequest('IBM', '5min', chosen)).toMatchObject(chosen);
    expect(parseRequest('IBM', '5min')).not.toHaveProperty('extendedHours');
    const refused = { kind: 'configuration', reason: 'invalidExtendedHours' };
    expect(refusalOf('IBM', 'daily', { extendedHours: true })).toMatchObject(refused);
    expect(refusalOf('IBM', '5min', { extendedHours: 'no' as unknown as boolean })).toMatchObject(refused);
    expect(refusalOf('IBM', '5min', { entitlement: 'all' as 'delayed' })).toMatchObject({
      kind: 'configuration',
      reason: 'invalidEntitlement',
    });
  });

  it('may be for a range of instants', () => {
    expect(parseRequest('IBM', 'daily', { from: 0, to: 86_400_000 })).toMatchObject({ from: 0, to: 86_400_000 });
    expect(parseRequest('IBM', 'daily', { to: 5 })).not.toHaveProperty('from');
  });

  it.each([
    { from: 1.5 },
    { to: Number.NaN },
    { from: Number.POSITIVE_INFINITY },
    { to: 9e15 },
    { from: 5, to: 5 },
    { from: 6, to: 5 },
    { from: '2024-01-02' as unknown as number },
  ])('for the range %j is refused', (range) => {
    expect(refusalOf('IBM', 'daily', range)).toMatchObject({ kind: 'configuration', reason: 'invalidRange' });
  });

  it.each(intervals)('may be for %s bars', (interval) => {
    expect(parseInterval(interval)).toBe(interval);
    expect(parseRequest('IBM', interval).interval).toBe(interval);
  });

  it.each(['', '2min', '5MIN', ' daily', 'hourly', '__proto__'])(
    'for the interval %j is refused by name',
    (interval) => {
      expect(refusalOf('IBM', interval)).toEqual({
        kind: 'configuration',
        reason: 'invalidInterval',
        message: `interval ${JSON.stringify(interval)} is unknown: use 1min, 5min, 15min, 30min, 60min, daily, weekly, monthly`,
      });
    },
  );

  it.each(['', 'A B', 'A&apikey=x', '../../etc/passwd', 'A'.repeat(33), 'A\n', 'ÄÖ', '\u001b[2J'])(
    'for the symbol %j is refused in one printable line',
    (symbol) => {
      const { kind, reason, message } = refusalOf(symbol, 'daily');
      expect([kind, reason]).toEqual(['configuration', 'invalidSymbol']);
      expect(message).toMatch(/^[\x20-\x7e…]+$/);
    },
  );

  it.each(['2024', '2024-13', '2024-00', '2024-1', '1999-12', '2024-01-01', '٢٠٢٤-01', '2024-01\n'])(
    'for the month %j is refused',
    (month) => {
      expect(refusalOf('IBM', '5min', { month })).toMatchObject({
        kind: 'configuration',
        reason: 'invalidMonth',
        message: expect.stringContaining('YYYY-MM'),
      });
    },
  );

  it.each(['daily', 'weekly', 'monthly'])('for a month of %s bars is refused', (interval) => {
    expect(refusalOf('IBM', interval, { month: '2024-01' })).toMatchObject({
      reason: 'invalidMonth',
      message: expect.stringContaining(interval),
    });
  });

  it('for an output size that nobody knows is refused', () => {
    expect(refusalOf('IBM', 'daily', { outputSize: 'huge' as 'full' })).toEqual({
      kind: 'configuration',
      reason: 'invalidOutputSize',
      message: 'output size "huge" is unknown: use compact or full',
    });
  });
});
