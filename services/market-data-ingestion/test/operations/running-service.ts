import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type DefaultMonitoring, resolve } from '@quantumtrade/core-defaults';
import { tokens } from '@quantumtrade/core-traits';
import { DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { createAlphaVantageSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { container } from 'tsyringe';
import { MarketDataIngestionServiceToken, registerMarketDataIngestion } from '../../src/index.ts';

/** The metrics of a service with a key, after one collection that went well and one that the vendor refused. */
export async function metricsAfterCollections(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'operations-'));
  const server = await startSandboxServer(createAlphaVantageSandbox());
  const own = container.createChildContainer();
  registerMarketDataIngestion(own, {
    environment: {
      MARKET_DATA_DIR: directory,
      ALPHA_VANTAGE_API_KEY: 'a-key',
      ALPHA_VANTAGE_BASE_URL: server.url,
      MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
    },
    processMetrics: true,
    logStream: new PassThrough().resume(),
  });
  const service = resolve(own, MarketDataIngestionServiceToken);
  try {
    await service.start();
    await service.collectSymbolData('IBM', 'daily');
    await service.collectSymbolData('INVALID', 'daily').catch(() => {});
    return await (resolve(own, tokens.MonitoringProvider) as DefaultMonitoring).metricsText();
  } finally {
    await service.stop();
    await resolve(own, DatabaseManagerToken).close();
    await server.close();
    await rm(directory, { recursive: true });
  }
}
