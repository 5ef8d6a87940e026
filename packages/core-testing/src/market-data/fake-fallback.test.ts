import { describe, expect, it } from 'vitest';
import { barBatch } from './bar-batch-builder.ts';
import { FakeFallback } from './fake-fallback.ts';

const series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' } as const;
const identity = { batchId: 'b1', acceptedAt: 1000 };
const batch = barBatch({ ...series, rows: ['2024-01-03', '2024-01-04'].map((openTime) => ({ openTime, close: '1' })) });

describe('FakeFallback', () => {
  it('recalls the newest it was given of each bar, oldest bar first', async () => {
    const fallback = new FakeFallback();
    await fallback.remember(batch, identity);
    const rows = ['2024-01-02', '2024-01-03'].map((openTime) => ({ openTime, close: '2' }));
    await fallback.remember(barBatch({ ...series, rows }), { batchId: 'b2', acceptedAt: 2000 });
    const bars = await fallback.recall(series);
    expect(bars.map(({ sessionDate, close, batchId }) => `${sessionDate} ${close} ${batchId}`)).toEqual([
      '2024-01-02 2 b2',
      '2024-01-03 2 b2',
      '2024-01-04 1 b1',
    ]);
    expect(fallback.remembered.map(({ identity: { batchId } }) => batchId)).toEqual(['b1', 'b2']);
  });

  it('knows nothing of other series', async () => {
    const fallback = new FakeFallback();
    await fallback.remember(batch, identity);
    expect(await fallback.recall({ ...series, adjustment: 'adjusted' })).toEqual([]);
    expect(fallback.recalled).toEqual([{ ...series, adjustment: 'adjusted' }]);
  });

  it('can be told what to know', async () => {
    const source = new FakeFallback();
    await source.remember(batch, identity);
    const fallback = new FakeFallback();
    fallback.know(await source.recall(series));
    expect(await fallback.recall(series)).toHaveLength(2);
    expect(fallback.remembered).toEqual([]);
  });

  it('rejects while told to fail, and has kept what it knew', async () => {
    const fallback = new FakeFallback();
    await fallback.remember(batch, identity);
    fallback.failWith();
    await expect(fallback.remember(batch, identity)).rejects.toThrow('told to fail');
    await expect(fallback.recall(series)).rejects.toThrow('told to fail');
    fallback.recover();
    expect(await fallback.recall(series)).toHaveLength(2);
    expect(fallback.remembered).toHaveLength(1);
  });
});
