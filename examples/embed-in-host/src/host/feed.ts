import 'reflect-metadata';
import { bind, resolve } from '@quantumtrade/core-defaults';
import { tokens } from '@quantumtrade/core-traits';
import { type DatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import {
  type MarketDataIngestionService,
  MarketDataIngestionServiceToken,
  registerMarketDataIngestion,
} from '@quantumtrade/market-data-ingestion';
import type { FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';
import { container } from 'tsyringe';
import { HostMonitoring } from './host-monitoring.ts';

export interface FeedOptions {
  /** Names the feed and its database. */
  readonly name: string;
  /** The vendor that it collects from. */
  readonly vendor: string;
  /** One engine for all feeds of the process. */
  readonly dataDirectory: string;
  readonly registry: Registry;
  readonly logger: FastifyBaseLogger;
}

/** One ingestion service of the host. */
export interface Feed {
  readonly name: string;
  readonly service: MarketDataIngestionService;
  readonly databaseManager: DatabaseManager;
  readonly monitoring: HostMonitoring;
}

/** A service in a container of its own, with the host's monitoring; nothing is opened yet. */
export function createFeed({ name, vendor, dataDirectory, registry, logger }: FeedOptions): Feed {
  const own = container.createChildContainer();
  const monitoring = new HostMonitoring({ registry, logger, feed: name });
  bind(own, tokens.MonitoringProvider, () => monitoring);
  // The host decides about settings too: nothing of the process's environment is read.
  const environment = { MARKET_DATA_DIR: dataDirectory, MARKET_DATA_STORAGE__DATABASE: name };
  registerMarketDataIngestion(own, { environment, vendor });
  return {
    name,
    monitoring,
    service: resolve(own, MarketDataIngestionServiceToken),
    databaseManager: resolve(own, DatabaseManagerToken),
  };
}
