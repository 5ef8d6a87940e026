import { barBatch, InMemoryMarketDataStore, InMemorySpool } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionResult, ProcessedBars, RawBars } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import {
  accountedFor,
  judged,
  payload,
  rejectionOf,
  type ServiceWithDoubles,
  series,
  startedService,
} from './service-with-doubles.ts';

/** Lets everything happen that waits for nothing but promises. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const closesOf = async (store: InMemoryMarketDataStore): Promise<string[]> =>
  (await store.getStoredBars(series)).map(({ close }) => close);

/** A payload of one bar with a closing price. */
function priced(close: string): ProcessedBars {
  const accepted = barBatch({ rows: [{ openTime: '2024-01-02T05:00:00Z', close }] });
  return { collected: 1, accepted, duplicates: 0, quarantined: [], qualityScore: 100 };
}

/** A service whose payloads have the closing prices in order. */
async function pricedService(...closes: string[]): Promise<ServiceWithDoubles> {
  return await startedService({ processor: { process: () => priced(closes.shift() ?? '0') } });
}

async function collect({ service }: ServiceWithDoubles): Promise<CollectionResult> {
  const result = await service.collectSymbolData('IBM', 'daily');
  expect(accountedFor(result)).toBe(result.collectedCount);
  return result;
}

describe('while the store is away', () => {
  it('accepted batches wait in the spool, are counted as spooled, and are stored by themselves afterwards', async () => {
    const parts = await startedService();
    const { store, spool, clock, monitoring, fallback } = parts;
    store.failWith();
    const result = await collect(parts);
    expect(result).toMatchObject({
      source: 'fake',
      stored: 0,
      unchanged: 0,
      duplicates: 1,
      quarantined: 1,
      spooled: 3,
    });
    expect(result).not.toHaveProperty('error');
    expect(fallback.remembered).toEqual([]);
    await clock.advance(60_000);
    expect((await spool.stats()).entries).toBe(1);
    store.recover();
    await clock.advance(15_000);
    await turn();
    expect((await spool.stats()).entries).toBe(0);
    const bars = await store.getStoredBars(series);
    expect(bars).toHaveLength(3);
    for (const bar of bars) expect(bar).toMatchObject({ batchId: result.batchId, ingestedAt: result.collectionTime });
    expect(await store.getQuarantine()).toHaveLength(1);
    expect(monitoring.counter('data_points_spooled_total')).toBe(3);
    expect(monitoring.counter('data_points_stored_total')).toBe(3);
    expect(monitoring.counter('spool_replayed_batches_total')).toBe(1);
    expect(monitoring.gauge('spool_entries')).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  it('one line is logged at the beginning and one at the end', async () => {
    const parts = await pricedService('1', '2', '3');
    parts.store.failWith();
    for (let i = 0; i < 3; i++) await collect(parts);
    await parts.clock.advance(120_000);
    expect(parts.monitoring.logs('warn')).toHaveLength(1);
    parts.store.recover();
    await parts.clock.advance(16_000);
    await turn();
    const lines = parts.monitoring.logs('info').filter(({ message }) => message.includes('spool'));
    expect(lines).toMatchObject([{ context: { replayed: 3, seconds: 135 } }]);
    expect(parts.monitoring.logs('error')).toEqual([]);
  });

  it('a batch of a series goes behind the one that waits, and the newest values win', async () => {
    const parts = await pricedService('1', '2', '3');
    parts.store.failWith();
    await collect(parts);
    parts.store.recover();
    // The store is back, and the one before has not been replayed yet.
    expect(await collect(parts)).toMatchObject({ stored: 0, spooled: 1 });
    await parts.clock.advance(15_000);
    await turn();
    expect(await collect(parts)).toMatchObject({ stored: 1, spooled: 0 });
    expect(await closesOf(parts.store)).toEqual(['3']);
    const versions = parts.store.versions(series, Date.parse('2024-01-02T05:00:00Z'));
    expect(versions.map(({ close }) => close)).toEqual(['1', '2', '3']);
  });

  it('a batch that the store had applied before it failed is there once', async () => {
    const parts = await startedService();
    const insert = parts.store.insertMarketData.bind(parts.store);
    let failures = 1;
    parts.store.insertMarketData = async (...call) => {
      const outcome = await insert(...call);
      if (failures-- > 0) throw new ServiceError({ kind: 'database', reason: 'unavailable', message: 'cut off' });
      return outcome;
    };
    expect(await collect(parts)).toMatchObject({ spooled: 3 });
    await parts.clock.advance(15_000);
    await turn();
    for (const { openTime } of await parts.store.getStoredBars(series)) {
      expect(parts.store.versions(series, openTime)).toHaveLength(1);
    }
    expect((await parts.spool.stats()).entries).toBe(0);
  });

  it('a store that never answers counts as away when the time of the collection is up', async () => {
    const parts = await startedService({ deadlineMs: 1000 });
    const insert = parts.store.insertMarketData.bind(parts.store);
    parts.store.insertMarketData = () => new Promise(() => {});
    const pending = collect(parts);
    await parts.clock.advance(1000);
    expect(await pending).toMatchObject({ spooled: 3, stored: 0 });
    parts.store.insertMarketData = insert;
    // The first try to replay still hangs; the next one does not.
    await parts.clock.advance(30_000);
    await turn();
    expect(await parts.store.getStoredBars(series)).toHaveLength(3);
  });

  it('a caller that gave up gets its own reason, and nothing is spooled', async () => {
    const parts = await startedService();
    parts.store.insertMarketData = () => new Promise(() => {});
    const caller = new AbortController();
    const failure = rejectionOf(parts.service.collectSymbolData('IBM', 'daily', { signal: caller.signal }));
    await turn();
    caller.abort('enough');
    expect(await failure).toBe('enough');
    expect((await parts.spool.stats()).entries).toBe(0);
  });

  it('collections fail with back-pressure once the spool is full, and go on when there is room', async () => {
    const spool = new InMemorySpool({ maxBytes: 600 });
    const parts = await startedService({ spool });
    parts.store.failWith();
    await collect(parts);
    const full = await rejectionOf(parts.service.collectSymbolData('IBM', 'daily'));
    expect(full).toMatchObject({ kind: 'database', reason: 'spoolFull', retryable: true });
    parts.store.recover();
    await parts.clock.advance(15_000);
    await turn();
    expect(await collect(parts)).toMatchObject({ unchanged: 3, spooled: 0 });
  });
});

describe('the replay', () => {
  it('begins with the start, with what an earlier process left', async () => {
    const store = new InMemoryMarketDataStore();
    const spool = new InMemorySpool();
    await spool.open();
    const { accepted, quarantined } = judged;
    await spool.append({ identity: { batchId: 'earlier', acceptedAt: 1 }, accepted, quarantined });
    const parts = await startedService({ store, spool });
    await turn();
    await turn();
    expect(await store.getStoredBars(series)).toHaveLength(3);
    expect((await spool.stats()).entries).toBe(0);
    await parts.service.stop();
  });

  it('ends with the stop: nothing is replayed and nothing waits for time any more', async () => {
    const parts = await startedService();
    parts.store.failWith();
    await collect(parts);
    await turn();
    expect(parts.clock.sleepers).toBe(1);
    await parts.service.stop();
    expect(parts.clock.sleepers).toBe(0);
    parts.store.recover();
    await parts.clock.advance(60_000);
    expect((await parts.spool.stats()).entries).toBe(1);
    await parts.service.start();
    await turn();
    await turn();
    expect((await parts.spool.stats()).entries).toBe(0);
  });

  it('tries after 5, 10 and then every 15 seconds, so that it is under way within 30', async () => {
    const parts = await startedService();
    parts.store.failWith();
    await collect(parts);
    await turn();
    const tries: number[] = [];
    parts.store.insertMarketData = async () => {
      tries.push(parts.clock.monotonic() / 1000);
      throw new ServiceError({ kind: 'database', reason: 'unavailable', message: 'away' });
    };
    await parts.clock.advance(60_000);
    expect(tries).toEqual([5, 15, 30, 45, 60]);
    await parts.service.stop();
  });

  it('keeps to its own rate', async () => {
    const parts = await pricedService(...Array.from({ length: 101 }, (_, i) => String(i)));
    parts.store.failWith();
    for (let i = 0; i < 101; i++) await collect(parts);
    parts.store.recover();
    await parts.clock.advance(5000);
    await parts.clock.advance(1000);
    const { entries } = await parts.spool.stats();
    expect(entries).toBe(50);
    await parts.clock.advance(2000);
    await turn();
    expect((await parts.spool.stats()).entries).toBe(0);
    expect(await closesOf(parts.store)).toEqual(['100']);
  });

  it('is left to another process that has the right to it, and taken over when that ends', async () => {
    const parts = await startedService();
    let claimed = false;
    parts.spool.claimReplay = async () => claimed;
    parts.store.failWith();
    await collect(parts);
    parts.store.recover();
    await parts.clock.advance(60_000);
    expect((await parts.spool.stats()).entries).toBe(1);
    claimed = true;
    await parts.clock.advance(16_000);
    await turn();
    expect((await parts.spool.stats()).entries).toBe(0);
  });

  it('is tried again when the spool itself fails for a time', async () => {
    const parts = await startedService();
    parts.store.failWith();
    await collect(parts);
    parts.store.recover();
    parts.spool.failWith();
    await parts.clock.advance(60_000);
    expect(parts.monitoring.logs('error')).toHaveLength(1);
    expect(await rejectionOf(parts.service.collectSymbolData('IBM', 'daily'))).toMatchObject({
      kind: 'database',
      reason: 'spoolUnavailable',
    });
    parts.spool.recover();
    await parts.clock.advance(16_000);
    await turn();
    expect((await parts.spool.stats()).entries).toBe(0);
    expect(await parts.store.getStoredBars(series)).toHaveLength(3);
  });

  it('passes a damaged entry over, and reports it', async () => {
    const parts = await pricedService('1', '2');
    parts.store.failWith();
    await collect(parts);
    await collect(parts);
    parts.spool.damage(1);
    parts.store.recover();
    await parts.clock.advance(15_000);
    await turn();
    expect(await closesOf(parts.store)).toEqual(['2']);
    expect(parts.monitoring.gauge('spool_damaged_entries')).toBe(1);
    expect(parts.monitoring.logs('error')).toMatchObject([{ context: { id: 1, problem: 'the test damaged it' } }]);
  });

  it('holds up one series for a batch that is refused whole, until another one shows that the store works', async () => {
    const parts = await startedService({
      processor: {
        process: ({ series: of }) => {
          const bars = priced('1');
          return { ...bars, accepted: { ...bars.accepted, series: of } };
        },
      },
      answers: ({ symbol }) => payloadOf(symbol),
    });
    const insert = parts.store.insertMarketData.bind(parts.store);
    parts.store.insertMarketData = async (batch, ...rest) => {
      if (batch.series.symbol !== 'BAD') return await insert(batch, ...rest);
      throw new ServiceError({ kind: 'database', reason: 'refused', message: 'constraint', retryable: false });
    };
    const refused = await parts.service.collectSymbolData('BAD', 'daily');
    expect([refused.spooled, accountedFor(refused)]).toEqual([1, 1]);
    await parts.clock.advance(60_000);
    expect((await parts.spool.stats()).entries).toBe(1);
    expect(await parts.service.collectSymbolData('GOOD', 'daily')).toMatchObject({ stored: 1 });
    await parts.clock.advance(15_000);
    await turn();
    expect((await parts.spool.stats()).entries).toBe(0);
    expect(await parts.store.getQuarantine({ symbol: 'BAD' })).toMatchObject([
      { label: '2024-01-02', values: { close: '1' }, brokenRules: ['refusedByStore'], batchId: refused.batchId },
    ]);
  });
});

describe('a row that the store refuses by itself', () => {
  it('is in quarantine with its reason, and the other rows are stored', async () => {
    const parts = await startedService();
    const insert = parts.store.insertMarketData.bind(parts.store);
    parts.store.insertMarketData = async (batch, ...rest) => {
      if (!batch.openTime.includes(Date.parse('2024-01-03T05:00:00Z'))) return await insert(batch, ...rest);
      throw new ServiceError({ kind: 'database', reason: 'refused', message: 'constraint', retryable: false });
    };
    const result = await collect(parts);
    expect(result).toMatchObject({ stored: 2, unchanged: 0, duplicates: 1, quarantined: 2, spooled: 0 });
    // Rows of one instant have no order among themselves.
    const rejected = (await parts.store.getQuarantine()).toSorted((a, b) => a.label.localeCompare(b.label));
    expect(rejected).toMatchObject([
      { label: '2024-01-03', values: { close: '161.25', volume: '2000' }, brokenRules: ['refusedByStore'] },
      { brokenRules: ['high_below_low'] },
    ]);
    expect(parts.monitoring.counter('data_quality_failures_total')).toBe(2);
    expect(parts.monitoring.logs('warn')).toMatchObject([{ context: { symbol: 'IBM', rows: 1 } }]);
  });
});

function payloadOf(symbol: string): RawBars {
  return { ...payload, series: { ...series, symbol } };
}
