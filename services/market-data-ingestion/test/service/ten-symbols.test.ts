import { AsyncLocalStorage } from 'node:async_hooks';
import { createErrorHandler, systemClock } from '@quantumtrade/core-defaults';
import { FakeConfiguration, InMemoryMarketDataStore, RecordingMonitoring } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { createAlphaVantageSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { expect, it } from 'vitest';
import { AlphaVantageCollector } from '../../src/collectors/alpha-vantage/alpha-vantage-collector.ts';
import { createVendorHttp } from '../../src/collectors/shared/http.ts';
import { createService } from '../../src/create-service.ts';
import { createQuota } from '../../src/quota/create-quota.ts';
import { databaseWith } from './service-with-doubles.ts';

const now = Date.UTC(2024, 0, 19, 17);
const symbols = ['AAPL', 'AMZN', 'GOOGL', 'IBM', 'META', 'MSFT', 'NVDA', 'ORCL', 'QQQ', 'SPY'];

// The vendor's latency is real time, which no virtual clock can stand in for: about two seconds.
it('ten symbols at once, at ten calls a second and a latency of a second, each take less than 5 s from grant to result', {
  timeout: 30_000,
}, async () => {
  const server = await startSandboxServer(createAlphaVantageSandbox({ now: () => now, latencyMs: 1000 }));
  const collecting = new AsyncLocalStorage<string>();
  const granted = new Map<string | undefined, number>();
  const quota = createQuota({ perSecond: 10, clock: systemClock });
  const collector = new AlphaVantageCollector({
    settings: {
      source: 'alpha_vantage',
      baseUrl: server.url,
      apiKey: new Redacted('a-key'),
      timeoutMs: 20_000,
      defaultOutputSize: 'compact',
      barLabel: 'start',
      dataType: 'json',
    },
    quota: {
      acquire: async (options) => {
        await quota.acquire(options);
        granted.set(collecting.getStore(), performance.now());
      },
      refused: (error) => quota.refused(error),
    },
    http: createVendorHttp(),
    clock: systemClock,
    redact: (text) => text,
  });
  const monitoring = new RecordingMonitoring();
  const service = createService({
    configProvider: new FakeConfiguration({}),
    databaseManager: databaseWith(new InMemoryMarketDataStore()),
    errorHandler: createErrorHandler({ monitoring, clock: systemClock }),
    monitoring,
    collector,
  });
  await service.start();
  try {
    const began = performance.now();
    const took = await Promise.all(
      symbols.map(async (symbol) => {
        const result = await collecting.run(symbol, () => service.collectSymbolData(symbol, '5min'));
        expect(result).toMatchObject({ symbol, stored: 100, warnings: [] });
        return performance.now() - (granted.get(symbol) ?? Number.NaN);
      }),
    );
    for (const milliseconds of took) expect(milliseconds).toBeLessThan(5000);
    // One after the other they would take ten seconds of latency alone.
    expect(performance.now() - began).toBeLessThan(10_000);
  } finally {
    await service.stop();
    await server.close();
  }
});
