import {
  barBatch,
  FakeConfiguration,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  rawBars,
  ScriptedErrorHandler,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { type ComponentHealth, ServiceError } from '@quantumtrade/core-traits';
import type {
  BarBatch,
  BarRequest,
  CollectionFallback,
  DataProcessor,
  MarketDataCollector,
  ProcessedBars,
  RawBars,
  Series,
  StoredBar,
} from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { createService } from '../../src/create-service.ts';
import { accountedFor, databaseWith } from './service-with-doubles.ts';

/** A host's vendor: one closing price a day, until it is switched off. */
class ClosingPrices implements MarketDataCollector {
  readonly source = 'closing_prices';
  readonly asked: BarRequest[] = [];
  away = false;

  async fetchBars(request: BarRequest): Promise<RawBars> {
    this.asked.push(request);
    if (this.away) throw new ServiceError({ kind: 'externalApi', api: this.source, reason: 'outage', message: 'off' });
    return rawBars({ ...request, source: this.source, rows: [{ label: '2024-01-02', close: '10' }] });
  }

  health(): ComponentHealth {
    return { name: this.source, status: 'healthy', message: '', lastCheck: 0, responseTimeMs: 0 };
  }
}

/** A host's processor: it believes everything. */
class Trusting implements DataProcessor {
  process(raw: RawBars): ProcessedBars {
    const accepted = barBatch({ ...raw.series, rows: [{ openTime: '2024-01-02T05:00:00Z', close: '10' }] });
    return { collected: raw.length, accepted, duplicates: 0, quarantined: [], qualityScore: 100 };
  }
}

/** A host's fallback: it always has one bar of its own. */
class LastResort implements CollectionFallback {
  readonly seen: BarBatch[] = [];

  async remember(batch: BarBatch): Promise<void> {
    this.seen.push(batch);
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    const prices = { open: '9', high: '9', low: '9', close: '9', adjustedClose: null, volume: null };
    const times = { openTime: 0, sessionDate: '1970-01-01', ingestedAt: 0 };
    return [{ ...series, ...prices, ...times, qualityScore: 100, brokenRules: [], barLabel: 'start', batchId: 'own' }];
  }
}

describe('a service with a collector, a processor and a fallback of its host', () => {
  it('collects, stores and falls back through them alone', async () => {
    const collector = new ClosingPrices();
    const fallback = new LastResort();
    const store = new InMemoryMarketDataStore();
    const service = createService({
      configProvider: new FakeConfiguration(),
      databaseManager: databaseWith(store),
      errorHandler: new ScriptedErrorHandler({ decide: () => ({ action: 'useCache' }) }),
      monitoring: new RecordingMonitoring(),
      clock: new VirtualClock(),
      collector,
      processor: new Trusting(),
      fallback,
    });
    await service.start();
    expect(service.source).toBe('closing_prices');
    expect((await service.healthCheck()).checks.map(({ name }) => name)).toEqual(['clickhouse', 'closing_prices']);

    const stored = await service.collectSymbolData('ibm', 'daily', { adjusted: false });
    expect(stored).toMatchObject({ source: 'closing_prices', collectedCount: 1, stored: 1, qualityScore: 100 });
    expect(accountedFor(stored)).toBe(stored.collectedCount);
    expect(collector.asked).toMatchObject([{ symbol: 'IBM', interval: 'daily', adjusted: false }]);
    expect(fallback.seen).toMatchObject([{ series: { symbol: 'IBM', source: 'closing_prices' } }]);
    const series: Series = { symbol: 'IBM', interval: 'daily', source: 'closing_prices', adjustment: 'raw' };
    expect(await store.getStoredBars(series)).toMatchObject([{ close: '10', batchId: stored.batchId }]);

    collector.away = true;
    const recalled = await service.collectSymbolData('IBM', 'daily');
    expect(recalled).toMatchObject({ source: 'cache', cachedCount: 1, qualityScore: 80, error: { message: 'off' } });
    expect(accountedFor(recalled)).toBe(recalled.collectedCount);
    await service.stop();
  });
});
