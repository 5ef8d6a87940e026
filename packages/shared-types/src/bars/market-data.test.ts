import { describe, expect, it } from 'vitest';
import { type StoredBar, toMarketData } from './market-data.ts';

const stored: StoredBar = {
  symbol: 'IBM',
  interval: '5min',
  source: 'alpha_vantage',
  adjustment: 'adjusted',
  openTime: Date.UTC(2024, 2, 10, 6, 55, 0, 1),
  sessionDate: '2024-03-10',
  open: '298.85821743109733',
  high: '98765432109876543.123456789012345678',
  low: '-37.63',
  close: '1.10',
  adjustedClose: '0.000000000000000001',
  volume: '1000000000000000001',
  qualityScore: 90,
  brokenRules: [],
  barLabel: 'start',
  ingestedAt: Date.UTC(2024, 2, 11),
  batchId: 'b1',
};

describe('toMarketData', () => {
  it('keeps every digit', () => {
    const bar = toMarketData(stored);
    expect(bar.open.toFixed()).toBe('298.85821743109733');
    expect(bar.high.toFixed()).toBe('98765432109876543.123456789012345678');
    expect(bar.low.toFixed()).toBe('-37.63');
    expect(bar.close.equals('1.1')).toBe(true);
    expect(bar.adjustedClose.toFixed()).toBe('0.000000000000000001');
    expect(bar.volume?.toFixed()).toBe('1000000000000000001');
  });

  it('gives instants in UTC, to the millisecond', () => {
    const bar = toMarketData(stored);
    expect(bar.openTime.toISO()).toBe('2024-03-10T06:55:00.001Z');
    expect(bar.openTime.zoneName).toBe('UTC');
    expect(bar.ingestedAt.toISO()).toBe('2024-03-11T00:00:00.000Z');
  });

  it('takes the close for an absent adjusted close, and knows no absent volume', () => {
    const bar = toMarketData({ ...stored, adjustedClose: null, volume: null });
    expect(bar.adjustedClose.toFixed()).toBe('1.1');
    expect(bar.volume).toBeUndefined();
  });

  it('tells zero from absent', () => {
    const bar = toMarketData({ ...stored, adjustedClose: '0', volume: '0' });
    expect(bar.adjustedClose.toFixed()).toBe('0');
    expect(bar.volume?.toFixed()).toBe('0');
  });

  it('carries the series, the session and the score', () => {
    expect(toMarketData(stored)).toMatchObject({
      symbol: 'IBM',
      interval: '5min',
      source: 'alpha_vantage',
      adjustment: 'adjusted',
      sessionDate: '2024-03-10',
      qualityScore: 90,
    });
  });
});
