import { FakeCollector } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import {
  accountedFor,
  judged,
  payload,
  rejectionOf,
  series,
  startedService,
} from '../test/service/service-with-doubles.ts';

const refusal = new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'unknownRequest', message: 'no' });

describe('a collection', () => {
  it('of what the collector does not offer is refused at once, and counts as no attempt', async () => {
    const collector = new FakeCollector({ capabilities: { assets: {} } });
    const { service, monitoring } = await startedService({ collector });
    const error = await rejectionOf(service.collectSymbolData('IBM', 'daily'));
    expect(error).toMatchObject({ kind: 'configuration', reason: 'notOffered' });
    expect(monitoring.counter('data_collection_attempts_total')).toBe(0);
  });

  it('stores the accepted bars and says where every row of the payload went', async () => {
    const { service, store, clock } = await startedService();
    const result = await service.collectSymbolData('ibm', 'daily');
    expect(result).toEqual({
      symbol: 'IBM',
      interval: 'daily',
      source: 'fake',
      collectedCount: 5,
      processedCount: 3,
      cachedCount: 0,
      stored: 3,
      unchanged: 0,
      duplicates: 1,
      quarantined: 1,
      spooled: 0,
      collectionTime: clock.now(),
      processingDurationMs: 0,
      batchId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      qualityScore: 87.5,
      warnings: [],
    });
    expect(accountedFor(result)).toBe(result.collectedCount);
    expect(await store.getStoredBars(series)).toMatchObject([
      { close: '160.5', batchId: result.batchId, ingestedAt: result.collectionTime },
      { close: '161.25' },
      { close: '159' },
    ]);
  });

  it('counts everything as unchanged when it is collected again, under a batch of its own', async () => {
    const { service, store } = await startedService();
    const first = await service.collectSymbolData('IBM', 'daily');
    const second = await service.collectSymbolData('IBM', 'daily');
    expect(second).toMatchObject({ collectedCount: 5, stored: 0, unchanged: 3, duplicates: 1, quarantined: 1 });
    expect(accountedFor(second)).toBe(second.collectedCount);
    expect(second.batchId).not.toBe(first.batchId);
    expect(await store.getQuarantine()).toHaveLength(1);
  });

  it('keeps a rejected row as the vendor wrote it, with the rules that it broke', async () => {
    const { service, store } = await startedService();
    const { batchId } = await service.collectSymbolData('IBM', 'daily');
    expect(await store.getQuarantine({ symbol: 'IBM' })).toEqual([
      { ...series, ...judged.quarantined[0], quarantinedAt: expect.any(Number), batchId, rowId: expect.any(String) },
    ]);
  });

  it('hands the checked request and what is left of the time to the collector', async () => {
    const asked: unknown[] = [];
    const { service } = await startedService({
      answers: (request, options) => {
        asked.push(request, options.patienceMs);
        return payload;
      },
    });
    await service.collectSymbolData('brk.b', '5min', { adjusted: true, outputSize: 'full', month: '2024-01' });
    expect(asked).toEqual([
      { symbol: 'BRK.B', interval: '5min', adjusted: true, outputSize: 'full', month: '2024-01' },
      60_000,
    ]);
  });

  it('leaves no timer behind, whether it worked or not', async () => {
    const { service, clock } = await startedService({ collector: new FakeCollector({ answers: [payload, refusal] }) });
    await service.collectSymbolData('IBM', 'daily');
    await rejectionOf(service.collectSymbolData('IBM', 'daily'));
    // The record of the second one would have waited for others.
    expect(await service.collections()).toHaveLength(2);
    expect(clock.sleepers).toBe(0);
  });

  it('asks nobody and tells nobody about a request that makes no sense', async () => {
    const { service, collector, errorHandler, monitoring } = await startedService();
    monitoring.clear();
    expect(await rejectionOf(service.collectSymbolData('../etc', 'daily'))).toMatchObject({ reason: 'invalidSymbol' });
    expect(await rejectionOf(service.collectSymbolData('IBM', '2min'))).toMatchObject({ reason: 'invalidInterval' });
    expect(collector.requests).toEqual([]);
    expect(errorHandler.reported).toEqual([]);
    expect(monitoring.observations).toEqual([]);
  });

  it('hands the stored bars to the fallback under the same batch', async () => {
    const { service, fallback } = await startedService();
    const { batchId, collectionTime } = await service.collectSymbolData('IBM', 'daily');
    expect(fallback.remembered).toEqual([
      { batch: judged.accepted, identity: { batchId, acceptedAt: collectionTime } },
    ]);
  });

  it('succeeds although the fallback cannot take note, and logs that', async () => {
    const { service, fallback, monitoring, errorHandler } = await startedService();
    fallback.failWith();
    expect(await service.collectSymbolData('IBM', 'daily')).toMatchObject({ source: 'fake', stored: 3 });
    expect(monitoring.logs('warn')).toMatchObject([{ context: { symbol: 'IBM' } }]);
    expect(errorHandler.reported).toEqual([]);
  });
});

describe('what a collection measures', () => {
  it('counts rows by what became of them, with the declared labels only', async () => {
    const { service, monitoring } = await startedService();
    await service.collectSymbolData('IBM', 'daily');
    await service.collectSymbolData('IBM', 'daily');
    const interval = { interval: 'daily' };
    expect(monitoring.counter('data_collection_attempts_total', interval)).toBe(2);
    expect(monitoring.counter('data_collection_failures_total')).toBe(0);
    expect(monitoring.counter('raw_data_points_collected_total', interval)).toBe(10);
    expect(monitoring.counter('data_points_processed_total', interval)).toBe(6);
    expect(monitoring.counter('data_points_stored_total', interval)).toBe(3);
    expect(monitoring.counter('data_points_unchanged_total', interval)).toBe(3);
    expect(monitoring.counter('duplicates_removed_total', interval)).toBe(2);
    expect(monitoring.counter('data_quality_failures_total', interval)).toBe(2);
    expect(monitoring.gauge('average_data_quality_score', interval)).toBe(87.5);
    expect(monitoring.distribution('data_quality_score', interval)).toEqual([100, 100, 100, 50, 100, 100, 100, 50]);
    expect(monitoring.counter('data_quality_rule_failures_total', { rule: 'high_below_low' })).toBe(2);
    for (const name of ['data_collection', 'data_processing', 'data_storing']) {
      expect(monitoring.timings(`${name}_duration_seconds`, interval)).toHaveLength(2);
    }
    expect(monitoring.misuse()).toEqual([]);
  });

  it('times a collection by the clock, its waits included', async () => {
    const { service, monitoring, clock } = await startedService({
      answers: async () => {
        await clock.sleep(1234);
        return payload;
      },
    });
    const pending = service.collectSymbolData('IBM', '1min');
    await clock.advance(2000);
    expect(await pending).toMatchObject({ processingDurationMs: 1234 });
    expect(monitoring.timings('data_collection_duration_seconds', { interval: '1min' })).toEqual([1234]);
  });

  it('counts a failure by its kind, and measures how long it took', async () => {
    const { service, monitoring } = await startedService({ answers: [refusal] });
    await rejectionOf(service.collectSymbolData('IBM', 'weekly'));
    const labels = { interval: 'weekly', kind: 'externalApi' };
    expect(monitoring.counter('data_collection_failures_total', labels)).toBe(1);
    expect(monitoring.counter('raw_data_points_collected_total')).toBe(0);
    expect(monitoring.timings('data_collection_duration_seconds', { interval: 'weekly' })).toEqual([0]);
    expect(monitoring.misuse()).toEqual([]);
  });
});
