import { InMemoryMarketDataStore } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionRecord } from '@quantumtrade/shared-types';
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

const outage = new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'outage', message: 'secret words' });

/** Cannot keep records, and everything else. */
class WithoutRecords extends InMemoryMarketDataStore {
  override async insertCollection(_record: CollectionRecord): Promise<void> {
    throw new ServiceError({ kind: 'database', reason: 'refused', message: 'no room' });
  }
}

/** What was recorded once everything has come to its end. */
async function recordsOf({ service, store }: ServiceWithDoubles): Promise<CollectionRecord[]> {
  await service.stop();
  return await store.getCollections();
}

describe('the record of a collection', () => {
  it('holds the counts of the result, what was asked for, and the times of its stages', async () => {
    const doubles = await startedService({
      answers: async () => {
        await doubles.clock.sleep(250);
        return payload;
      },
      processor: { process: () => ({ ...judged, accepted: { ...judged.accepted, lastRefreshed: '2024-01-04' } }) },
    });
    const collecting = doubles.service.collectSymbolData('ibm', 'daily', { outputSize: 'full' });
    await doubles.clock.advance(250);
    const result = await collecting;
    const [record, ...others] = await recordsOf(doubles);
    expect(others).toEqual([]);
    expect(record).toEqual({
      ...series,
      batchId: result.batchId,
      acceptedAt: result.collectionTime,
      recordedAt: result.collectionTime + 250,
      outcome: 'stored',
      ...{ durationMs: 250, fetchMs: 250, processMs: 0, storeMs: 0 },
      ...{ collectedCount: 5, processedCount: 3, cachedCount: 0 },
      ...{ stored: 3, unchanged: 0, duplicates: 1, quarantined: 1, spooled: 0 },
      qualityScore: 87.5,
      firstOpenTime: Date.parse('2024-01-02T05:00:00Z'),
      lastOpenTime: Date.parse('2024-01-04T05:00:00Z'),
      lastRefreshed: '2024-01-04',
      outputSize: 'full',
    });
    expect(accountedFor(result)).toBe(record?.collectedCount);
  });

  it('is there for one that failed, with kind and reason and no words of the error', async () => {
    const doubles = await startedService({ answers: () => Promise.reject(outage) });
    await rejectionOf(doubles.service.collectSymbolData('IBM', 'daily', { adjusted: true }));
    const [record] = await recordsOf(doubles);
    expect(record).toMatchObject({
      ...{ ...series, adjustment: 'adjusted', outcome: 'failed', collectedCount: 0, stored: 0 },
      ...{ errorKind: 'externalApi', errorReason: 'outage' },
    });
    expect([record?.processMs, record?.storeMs, record?.firstOpenTime]).toEqual([undefined, undefined, undefined]);
    expect(record?.fetchMs).toBe(0);
    expect(JSON.stringify(record)).not.toContain('secret words');
  });

  it('says cancelled when the caller gave up, and blames nobody', async () => {
    const caller = new AbortController();
    const doubles = await startedService({ answers: () => Promise.withResolvers<typeof payload>().promise });
    const collecting = doubles.service.collectSymbolData('IBM', 'daily', { signal: caller.signal });
    caller.abort(new Error('enough'));
    await rejectionOf(collecting);
    const [record] = await recordsOf(doubles);
    expect([record?.outcome, record?.errorKind, record?.errorReason]).toEqual(['cancelled', undefined, undefined]);
  });

  it('says cached when the fallback answered, and why', async () => {
    const doubles = await startedService({
      answers: () => Promise.reject(outage),
      decide: () => ({ action: 'useCache' }),
    });
    await doubles.fallback.remember(judged.accepted, { batchId: 'b', acceptedAt: 1 });
    const result = await doubles.service.collectSymbolData('IBM', 'daily');
    expect(result.source).toBe('cache');
    const [record] = await recordsOf(doubles);
    expect(record).toMatchObject({ outcome: 'cached', cachedCount: 3, qualityScore: 80, errorReason: 'outage' });
    expect(record?.source).toBe(series.source);
  });

  it('says failed when a default was used in place of data', async () => {
    const doubles = await startedService({
      answers: () => Promise.reject(outage),
      decide: () => ({ action: 'useDefault' }),
    });
    await doubles.service.collectSymbolData('IBM', 'daily');
    expect((await recordsOf(doubles))[0]).toMatchObject({ outcome: 'failed', errorReason: 'outage' });
  });

  it('fails no collection when it cannot be kept: a warning and a count say so', async () => {
    const doubles = await startedService({ store: new WithoutRecords() });
    const result = await doubles.service.collectSymbolData('IBM', 'daily');
    expect(result).toMatchObject({ stored: 3, quarantined: 1 });
    expect(await recordsOf(doubles)).toEqual([]);
    expect(doubles.monitoring.counter('collection_records_lost_total', { interval: 'daily' })).toBe(1);
    const [warning, ...others] = doubles.monitoring.logs('warn');
    expect(others).toEqual([]);
    expect(warning?.context).toMatchObject({ batchId: result.batchId, outcome: 'stored', reason: 'refused' });
  });

  it('says spooled while the batch waits, and stored with the counts of the store once it was replayed', async () => {
    const doubles = await startedService();
    doubles.store.failWith();
    const result = await doubles.service.collectSymbolData('IBM', 'daily');
    expect(result).toMatchObject({ spooled: 3, stored: 0 });
    doubles.store.recover();
    await doubles.clock.advance(15_000);
    const records = await recordsOf(doubles);
    expect(records).toMatchObject([
      {
        batchId: result.batchId,
        outcome: 'stored',
        stored: 3,
        unchanged: 0,
        duplicates: 1,
        quarantined: 1,
        spooled: 0,
      },
    ]);
    expect(records[0]?.recordedAt).toBeGreaterThan(result.collectionTime);
    expect(doubles.monitoring.counter('collection_records_lost_total')).toBe(0);
  });

  it('waits for a store that is away, and follows when it takes another one', async () => {
    const doubles = await startedService({ answers: () => Promise.reject(outage) });
    doubles.store.failWith();
    for (let i = 0; i < 2; i++) await rejectionOf(doubles.service.collectSymbolData('IBM', 'daily'));
    doubles.store.recover();
    await rejectionOf(doubles.service.collectSymbolData('IBM', 'daily'));
    expect((await recordsOf(doubles)).map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
    expect(doubles.monitoring.counter('collection_records_lost_total')).toBe(0);
    expect(doubles.monitoring.logs('warn').filter(({ message }) => message.includes('record'))).toEqual([]);
  });

  it('does not pile up before a store that hangs', async () => {
    const store = new InMemoryMarketDataStore();
    const release = Promise.withResolvers<void>();
    store.insertCollection = () => release.promise;
    const doubles = await startedService({ store });
    for (let i = 0; i < 1_003; i++) await doubles.service.collectSymbolData('IBM', 'daily');
    expect(doubles.monitoring.counter('collection_records_lost_total', { interval: 'daily' })).toBe(3);
    expect(doubles.monitoring.logs('warn')[0]?.context).toMatchObject({ reason: 'tooManyRecords' });
    release.resolve();
    await doubles.service.stop();
  });
});
