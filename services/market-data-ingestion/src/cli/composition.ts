import { resolve } from '@quantumtrade/core-defaults';
import {
  type Clock,
  type ConfigurationProvider,
  type ErrorHandler,
  type MonitoringProvider,
  tokens,
} from '@quantumtrade/core-traits';
import { type DatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { container } from 'tsyringe';
import { type CompositionOptions, registerMarketDataIngestion } from '../composition.ts';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { type MarketDataIngestionService, MarketDataIngestionServiceToken } from '../service.ts';
import type { VendorChoice } from '../vendors/registry.ts';

/** What the commands work with. */
export interface Application {
  readonly clock: Clock;
  readonly configuration: ConfigurationProvider;
  readonly monitoring: MonitoringProvider;
  readonly errorHandler: ErrorHandler;
  readonly databaseManager: DatabaseManager;
  /** The vendor that was chosen on the command line. */
  readonly choice: VendorChoice;
  /** Works on the same data directory and is asked in place of the databases, where there is one. */
  readonly daemon?: DaemonClient | undefined;
  /** Made when asked for: commands that only read need no vendor. */
  service(): MarketDataIngestionService;
}

/** Resolves everything once, in a container of its own. @throws ServiceError of kind `configuration`. */
export function composeApplication(options: CompositionOptions): Application {
  const own = container.createChildContainer();
  registerMarketDataIngestion(own, options);
  return {
    clock: resolve(own, tokens.Clock),
    configuration: resolve(own, tokens.ConfigurationProvider),
    monitoring: resolve(own, tokens.MonitoringProvider),
    errorHandler: resolve(own, tokens.ErrorHandler),
    databaseManager: resolve(own, DatabaseManagerToken),
    choice: { vendor: options.vendor, registry: options.registry },
    service: () => resolve(own, MarketDataIngestionServiceToken),
  };
}
