import { barTextAt } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { barBatch } from './bar-batch-builder.ts';

describe('barBatch', () => {
  it('needs an open time and a close, and fills in the rest', () => {
    const batch = barBatch({ rows: [{ openTime: '2024-01-02T05:00:00Z', close: '185.64' }] });
    expect(batch).toMatchObject({
      series: { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
      barLabel: 'start',
      length: 1,
      openTime: Float64Array.of(Date.UTC(2024, 0, 2, 5)),
      sessionDate: Int32Array.of(19_724),
      qualityScore: Uint8Array.of(100),
    });
    const price = '185.64';
    expect(barTextAt(batch, 0)).toEqual({ open: price, high: price, low: price, close: price });
  });

  it('takes every field as given', () => {
    const prices = {
      open: '1',
      high: '4',
      low: '0.5',
      close: '2',
      adjustedClose: '1.9',
      volume: '1000000000000000001',
    };
    const batch = barBatch({
      symbol: 'NVDA',
      interval: '5min',
      source: 'alpha_vantage',
      adjustment: 'adjusted',
      barLabel: 'end',
      lastRefreshed: 'now',
      rows: [{ openTime: -1, sessionDate: '1969-12-30', qualityScore: 75, ...prices }],
    });
    expect(batch.series).toEqual({ symbol: 'NVDA', interval: '5min', source: 'alpha_vantage', adjustment: 'adjusted' });
    expect([batch.barLabel, batch.lastRefreshed]).toEqual(['end', 'now']);
    expect([batch.openTime[0], batch.sessionDate[0], batch.qualityScore[0]]).toEqual([-1, -2, 75]);
    expect(barTextAt(batch, 0)).toEqual(prices);
  });

  it('dates a bar before the epoch to its own UTC day', () => {
    expect(barBatch({ rows: [{ openTime: -1, close: '1' }] }).sessionDate[0]).toBe(-1);
  });

  const first = { openTime: 1, close: '1' };
  it.each([
    ['times that repeat', [first, first], 'oldest first'],
    ['times that go back', [{ ...first, openTime: 2 }, first], 'oldest first'],
    ['text that is no instant', [{ ...first, openTime: 'soon' }], 'no instant'],
    ['volume in some rows only', [first, { openTime: 2, close: '1', volume: '1' }], 'volume must be in every row'],
    ['a close that is no decimal', [{ ...first, close: '1e5' }], 'no plain decimal'],
  ])('refuses %s', (_, rows, message) => {
    expect(() => barBatch({ rows })).toThrow(message);
  });
});
