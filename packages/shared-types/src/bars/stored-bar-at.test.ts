import { describe, expect, it } from 'vitest';
import type { BarBatch } from './bar-batch.ts';
import { storedBarAt } from './stored-bar-at.ts';

const one = (units: number) => ({ scale: 2, units: Float64Array.of(units) });
const batch: BarBatch = {
  series: { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
  barLabel: 'start',
  lastRefreshed: '',
  length: 1,
  openTime: Float64Array.of(-0),
  sessionDate: Int32Array.of(-1),
  ...{ open: one(150), high: one(200), low: one(-100), close: one(0) },
  qualityScore: Uint8Array.of(90),
  brokenRules: { combinations: [['low_volume']], index: Uint16Array.of(0) },
};

describe('a row of a batch as it is stored', () => {
  it('has the values as plain text, null for absent ones, and no empty word of the vendor', () => {
    expect(storedBarAt(batch, 0, { batchId: 'a', acceptedAt: 5 })).toStrictEqual({
      ...{ symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' },
      ...{ openTime: 0, sessionDate: '1969-12-31', open: '1.5', high: '2', low: '-1', close: '0' },
      ...{ adjustedClose: null, volume: null, qualityScore: 90, brokenRules: ['low_volume'], barLabel: 'start' },
      ...{ ingestedAt: 5, batchId: 'a' },
    });
    const refreshed = storedBarAt({ ...batch, lastRefreshed: 'today' }, 0, { batchId: 'a', acceptedAt: 5 });
    expect(refreshed.lastRefreshed).toBe('today');
  });

  it('is there only where the batch has it', () => {
    expect(() => storedBarAt(batch, 1, { batchId: 'a', acceptedAt: 5 })).toThrow(RangeError);
  });
});
