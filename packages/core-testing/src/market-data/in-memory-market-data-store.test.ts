import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { marketDataStoreSuite } from '../suites/market-data-store-suite.ts';
import { barBatch } from './bar-batch-builder.ts';
import { InMemoryMarketDataStore } from './in-memory-market-data-store.ts';

// One store for all tests: the suite must not need an empty one.
const shared = new InMemoryMarketDataStore();
marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: shared }) });

describe('InMemoryMarketDataStore', () => {
  const series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' } as const;
  const openTime = Date.UTC(2024, 0, 2, 5);
  const closing = (close: string) => barBatch({ ...series, rows: [{ openTime, close }] });

  it('keeps every version in the order of insertion', async () => {
    const store = new InMemoryMarketDataStore();
    await store.insertMarketData(closing('1'), { batchId: 'b1', acceptedAt: 1000 });
    await store.insertMarketData(closing('3'), { batchId: 'b3', acceptedAt: 3000 });
    await store.insertMarketData(closing('2'), { batchId: 'b2', acceptedAt: 2000 });
    expect(store.versions(series, openTime).map(({ close }) => close)).toEqual(['1', '3', '2']);
    expect((await store.getStoredBars(series)).map(({ close }) => close)).toEqual(['2']);
    expect(store.versions(series, openTime + 1)).toEqual([]);
  });

  it('adds no version for a retry, however late', async () => {
    const store = new InMemoryMarketDataStore();
    const first = { batchId: 'b1', acceptedAt: 1000 };
    await store.insertMarketData(closing('1'), first);
    await store.insertMarketData(closing('2'), { batchId: 'b2', acceptedAt: 2000 });
    expect(await store.insertMarketData(closing('1'), first)).toEqual({ stored: 1, unchanged: 0 });
    expect(store.versions(series, openTime)).toHaveLength(2);
  });

  it('adds no version for another score of the same values', async () => {
    const store = new InMemoryMarketDataStore();
    await store.insertMarketData(closing('1'), { batchId: 'b1', acceptedAt: 1000 });
    const rescored = { ...closing('1'), qualityScore: Uint8Array.of(50) };
    const outcome = await store.insertMarketData(rescored, { batchId: 'b2', acceptedAt: 2000 });
    expect(outcome).toEqual({ stored: 0, unchanged: 1 });
  });

  it('takes the later of two versions that were accepted at one instant', async () => {
    const store = new InMemoryMarketDataStore();
    await store.insertMarketData(closing('1'), { batchId: 'b1', acceptedAt: 1000 });
    await store.insertMarketData(closing('2'), { batchId: 'b2', acceptedAt: 1000 });
    expect((await store.getStoredBars(series))[0]?.close).toBe('2');
  });

  it('is not changed by what a reader does to its answers', async () => {
    const store = new InMemoryMarketDataStore();
    await store.insertMarketData(closing('1'), { batchId: 'b1', acceptedAt: 1000 });
    Object.assign((await store.getStoredBars(series))[0] ?? {}, { close: '666' });
    expect((await store.getStoredBars(series))[0]?.close).toBe('1');
  });

  it('reads no bars for a limit of 0', async () => {
    const store = new InMemoryMarketDataStore();
    await store.insertMarketData(closing('1'), { batchId: 'b1', acceptedAt: 1000 });
    expect(await store.getStoredBars({ ...series, limit: 0 })).toEqual([]);
  });

  it('rejects everything during an outage, stores nothing then and has kept the rest after it', async () => {
    const store = new InMemoryMarketDataStore();
    const identity = { batchId: 'b1', acceptedAt: 1000 };
    await store.insertMarketData(closing('1'), identity);
    store.failWith();
    const refused = { kind: 'database', reason: 'storeUnavailable', retryable: true };
    await expect(store.insertMarketData(closing('2'), { batchId: 'b2', acceptedAt: 2000 })).rejects.toMatchObject(
      refused,
    );
    await expect(store.getStoredBars(series)).rejects.toMatchObject(refused);
    await expect(store.getMarketData(series)).rejects.toMatchObject(refused);
    await expect(store.insertQuarantine(series, [], identity)).rejects.toMatchObject(refused);
    await expect(store.getQuarantine()).rejects.toMatchObject(refused);
    store.recover();
    expect((await store.getStoredBars(series)).map(({ close }) => close)).toEqual(['1']);
  });

  it('rejects with the error it is given, and with the reason of an aborted signal', async () => {
    const store = new InMemoryMarketDataStore();
    const error = new ServiceError({ kind: 'database', message: 'read-only', retryable: false });
    store.failWith(error);
    await expect(store.getStoredBars(series)).rejects.toBe(error);
    store.recover();
    await expect(store.getStoredBars(series, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});
