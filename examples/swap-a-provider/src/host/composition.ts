import 'reflect-metadata';
import { bind, resolve } from '@quantumtrade/core-defaults';
import { type MonitoringProvider, tokens } from '@quantumtrade/core-traits';
import { DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import {
  type MarketDataIngestionService,
  MarketDataIngestionServiceToken,
  registerMarketDataIngestion,
} from '@quantumtrade/market-data-ingestion';
import { container } from 'tsyringe';

export interface IngestionHost {
  readonly service: MarketDataIngestionService;
  /** Stops the service and closes what it stored into. */
  close(): Promise<void>;
}

/** The ingestion service with the host's own monitoring, and everything else as it comes. */
export function composeHost(monitoring: MonitoringProvider, dataDirectory: string): IngestionHost {
  const host = container.createChildContainer();
  // Bound first, so that the service takes it; a provider of another contract does not compile here.
  bind(host, tokens.MonitoringProvider, () => monitoring);
  registerMarketDataIngestion(host, { environment: { MARKET_DATA_DIR: dataDirectory } });

  const service = resolve(host, MarketDataIngestionServiceToken);
  return {
    service,
    close: async () => {
      await service.stop();
      await resolve(host, DatabaseManagerToken).close();
    },
  };
}
