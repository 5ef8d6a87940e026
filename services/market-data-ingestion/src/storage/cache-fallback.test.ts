import {
  type BarBatchRow,
  barBatch,
  FakeCache,
  InMemoryMarketDataStore,
  VirtualClock,
} from '@quantumtrade/core-testing';
import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { CacheFallback, cacheKey } from './cache-fallback.ts';

const identity: BatchIdentity = { batchId: 'batch-1', acceptedAt: Date.UTC(2024, 0, 3) };
const series: Series = { symbol: 'IBM', interval: '5min', source: 'fake', adjustment: 'raw' };
const adjusted: Series = { ...series, adjustment: 'adjusted' };

function rows(count: number): BarBatchRow[] {
  return Array.from({ length: count }, (_, i) => ({
    openTime: Date.UTC(2024, 0, 2, 14, 30) + i * 300_000,
    close: `${100 + i}.12345678901234`,
    volume: '1000000000000000001',
  }));
}

function fallbackWith() {
  const clock = new VirtualClock();
  const cache = new FakeCache({ clock });
  return { clock, cache, fallback: new CacheFallback({ cache }) };
}

describe('the fallback on the cache', () => {
  it('recalls bars exactly as the store would give them', async () => {
    const { fallback } = fallbackWith();
    const store = new InMemoryMarketDataStore();
    for (const batch of [
      barBatch({ ...series, rows: rows(3) }),
      barBatch({
        ...adjusted,
        interval: 'daily',
        rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1', adjustedClose: '0.5' }],
      }),
    ]) {
      await fallback.remember(batch, identity);
      await store.insertMarketData(batch, identity);
      expect(await fallback.recall(batch.series)).toEqual(await store.getStoredBars(batch.series));
    }
  });

  it('writes and reads under the same key', async () => {
    const { fallback, cache } = fallbackWith();
    await fallback.remember(barBatch({ ...series, rows: rows(2) }), identity);
    expect(cache.keys()).toEqual(['market_data:IBM:5min:fake:recent', 'market_data:IBM:5min:fake:latest']);
    expect(cacheKey(series, 'recent')).toBe('market_data:IBM:5min:fake:recent');
    expect(JSON.parse((await cache.cacheGet(cacheKey(series, 'latest'))) ?? '')).toMatchObject({
      close: '101.12345678901234',
    });
    await cache.cacheDelete(cacheKey(series, 'recent'));
    expect(await fallback.recall(series)).toEqual([]);
  });

  it.each<[string, Series]>([
    ['adjusted bars', adjusted],
    ['another symbol', { ...series, symbol: 'MSFT' }],
    ['another interval', { ...series, interval: '1min' }],
    ['another source', { ...series, source: 'fake_sandbox' }],
  ])('does not mix in %s', async (_, other) => {
    const { fallback } = fallbackWith();
    await fallback.remember(barBatch({ ...series, rows: rows(2) }), identity);
    expect(await fallback.recall(other)).toEqual([]);
    await fallback.remember(barBatch({ ...other, rows: rows(1) }), identity);
    expect(await fallback.recall(series)).toHaveLength(2);
    expect(await fallback.recall(other)).toMatchObject([other]);
  });

  it('keeps the newest 100 bars, oldest first', async () => {
    const { fallback } = fallbackWith();
    await fallback.remember(barBatch({ ...series, rows: rows(130) }), identity);
    const bars = await fallback.recall(series);
    expect(bars.map(({ close }) => Number.parseInt(close, 10))).toEqual(Array.from({ length: 100 }, (_, i) => 130 + i));
  });

  it('lets older bars not take the place of newer ones', async () => {
    const { fallback, cache } = fallbackWith();
    const bars = rows(3);
    await fallback.remember(barBatch({ ...series, rows: bars.slice(1) }), identity);
    await fallback.remember(barBatch({ ...series, rows: bars.slice(0, 2) }), identity);
    expect((await fallback.recall(series)).map(({ openTime }) => openTime)).toEqual(
      bars.slice(1).map(({ openTime }) => openTime),
    );
    expect(await cache.cacheGet(cacheKey(series, 'latest'))).toContain('"close":"102.');
    await fallback.remember(barBatch({ ...series, rows: bars.slice(2) }), identity);
    expect(await fallback.recall(series)).toHaveLength(1);
  });

  it('forgets the newest bar after 300 seconds and the recent ones after 900', async () => {
    const { fallback, cache, clock } = fallbackWith();
    await fallback.remember(barBatch({ ...series, rows: rows(2) }), identity);
    const alive = (): boolean[] =>
      (['latest', 'recent'] as const).map((what) => cache.keys().includes(cacheKey(series, what)));
    await clock.advance(299_999);
    expect(alive()).toEqual([true, true]);
    await clock.advance(1);
    expect(alive()).toEqual([false, true]);
    await clock.advance(599_999);
    expect(await fallback.recall(series)).toHaveLength(2);
    await clock.advance(1);
    expect(await fallback.recall(series)).toEqual([]);
  });

  it('lets an empty batch not wipe out what is known', async () => {
    const { fallback } = fallbackWith();
    await fallback.remember(barBatch({ ...series, rows: rows(2) }), identity);
    await fallback.remember(barBatch({ ...series, rows: [] }), identity);
    expect(await fallback.recall(series)).toHaveLength(2);
  });

  it.each([
    'not JSON',
    'null',
    '{"openTime": 1}',
    '[null]',
    '{"rows":[null]}',
    '{"rows":[[1]]}',
    '{"common":1,"rows":{}}',
  ])('takes %s under its key for nothing, and replaces it', async (foreign) => {
    const { fallback, cache } = fallbackWith();
    await cache.cacheSet(cacheKey(series, 'recent'), foreign);
    expect(await fallback.recall(series)).toEqual([]);
    await fallback.remember(barBatch({ ...series, rows: rows(2) }), identity);
    expect(await fallback.recall(series)).toHaveLength(2);
  });

  it('passes the failure of the cache on', async () => {
    const { fallback, cache } = fallbackWith();
    cache.failWith();
    await expect(fallback.recall(series)).rejects.toMatchObject({ reason: 'cacheUnavailable' });
    await expect(fallback.remember(barBatch({ ...series, rows: rows(1) }), identity)).rejects.toMatchObject({
      reason: 'cacheUnavailable',
    });
  });
});
