import { describe, expect, it } from 'vitest';
import type { CollectorCapabilities } from './collector-capabilities.ts';
import type { BarRequest } from './market-data-collector.ts';
import { requireOffered } from './require-offered.ts';

const capabilities: CollectorCapabilities = {
  assets: {
    stock: {
      intervals: ['1min', 'daily'],
      adjusted: { intraday: 'none', daily: 'adjustedClose' },
      months: true,
      ranges: false,
      volume: true,
    },
    fx: {
      intervals: ['daily'],
      adjusted: { intraday: 'none', daily: 'none' },
      months: false,
      ranges: true,
      volume: false,
    },
  },
};

const check = (request: Partial<BarRequest>): void =>
  requireOffered(capabilities, 'vendor', { symbol: 'IBM', interval: 'daily', adjusted: false, ...request });

describe('requireOffered', () => {
  it.each([
    [{}],
    [{ adjusted: true }],
    [{ interval: '1min', month: '2024-01' }],
    [{ symbol: 'EUR/USD', from: 0, to: 1 }],
  ] satisfies [Partial<BarRequest>][])('lets %j through', (request) => {
    expect(() => check(request)).not.toThrow();
  });

  it.each([
    [{ symbol: 'BTC/USD' }, 'vendor has no crypto bars, which BTC/USD asks for: it has stock and fx'],
    [{ interval: 'weekly' }, 'vendor has no weekly bars of IBM: use 1min, daily'],
    [{ interval: '1min', adjusted: true }, 'vendor has no adjusted 1min bars of IBM: ask for raw ones'],
    [{ symbol: 'EUR/USD', adjusted: true }, 'vendor has no adjusted daily bars of EUR/USD: ask for raw ones'],
    [{ symbol: 'EUR/USD', month: '2024-01' }, 'vendor gives fx bars by no month: leave the month out'],
    [{ from: 0 }, 'vendor gives stock bars by no range of instants: leave from and to out'],
    [{ to: 0 }, 'vendor gives stock bars by no range of instants: leave from and to out'],
  ] satisfies [Partial<BarRequest>, string][])('refuses %j', (request, message) => {
    expect(() => check(request)).toThrow(
      expect.objectContaining({ kind: 'configuration', reason: 'notOffered', message }),
    );
  });
});
