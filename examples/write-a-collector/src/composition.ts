import 'reflect-metadata';
import { bind, resolve } from '@quantumtrade/core-defaults';
import { Redacted, tokens } from '@quantumtrade/core-traits';
import { DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import {
  createQuota,
  createVendorHttp,
  type MarketDataIngestionService,
  MarketDataIngestionServiceToken,
  registerMarketDataIngestion,
} from '@quantumtrade/market-data-ingestion';
import { marketDataTokens } from '@quantumtrade/shared-types';
import { container } from 'tsyringe';
import { AcmeCollector } from './collector/acme-collector.ts';
import { acme } from './collector/vendor.ts';

export interface AcmeService {
  readonly service: MarketDataIngestionService;
  /** Stops the service and closes what it stored into. */
  close(): Promise<void>;
}

/** Where bars come from and go to. */
export interface AcmeServiceOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly dataDirectory: string;
}

/** The ingestion service with the collector of Acme Markets, and everything else as it comes. */
export function composeAcmeService({ baseUrl, apiKey, dataDirectory }: AcmeServiceOptions): AcmeService {
  const host = container.createChildContainer();
  bind(
    host,
    marketDataTokens.MarketDataCollector,
    (c) =>
      new AcmeCollector({
        baseUrl,
        apiKey: new Redacted(apiKey),
        quota: createQuota({ perMinute: 300, clock: resolve(c, tokens.Clock), vendor: acme }),
        http: createVendorHttp(acme),
        clock: resolve(c, tokens.Clock),
        monitoring: resolve(c, tokens.MonitoringProvider),
      }),
  );
  const environment = { MARKET_DATA_DIR: dataDirectory, MARKET_DATA_LOGGING__LEVEL: 'silent' };
  registerMarketDataIngestion(host, { environment });
  const service = resolve(host, MarketDataIngestionServiceToken);
  return {
    service,
    close: async () => {
      await service.stop();
      await resolve(host, DatabaseManagerToken).close();
    },
  };
}
