import { HealthRegistry, systemClock } from '@quantumtrade/core-defaults';
import type {
  Clock,
  ConfigurationProvider,
  ErrorHandler,
  HealthCheck,
  MonitoringProvider,
} from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import type { CollectionFallback, DataProcessor, MarketDataCollector } from '@quantumtrade/shared-types';
import { type CollectionSection, collectionSection, coverageSection } from './configuration/collection-sections.ts';
import { spoolSection } from './configuration/storage-sections.ts';
import { createCoverage } from './coverage/create-coverage.ts';
import { exchangeChoices } from './coverage/exchange-of.ts';
import { GapWatch } from './coverage/gap-watch.ts';
import { QualityProcessor } from './processors/quality-processor.ts';
import type { QualitySettings } from './processors/quality-settings.ts';
import { IngestionService, type MarketDataIngestionService } from './service.ts';
import { CacheFallback } from './storage/cache-fallback.ts';
import { createCollector } from './vendors/registry.ts';
import { version } from './version.ts';

/** What a service is made from. The optional parts are chosen by the configuration when left out. */
export interface ServiceDependencies {
  readonly configProvider: ConfigurationProvider;
  readonly databaseManager: DatabaseManager;
  readonly errorHandler: ErrorHandler;
  readonly monitoring: MonitoringProvider;
  /** @default the system's clock */
  readonly clock?: Clock | undefined;
  /** @default Alpha Vantage with the configured key, or its sandbox without one */
  readonly collector?: MarketDataCollector | undefined;
  /** @default conversion and quality rules with the configured thresholds */
  readonly processor?: DataProcessor | undefined;
  /** @default recent bars in the manager's cache */
  readonly fallback?: CollectionFallback | undefined;
}

/**
 * Makes an ingestion service. Nothing is opened before its `start()`; the database manager stays its owner's to close.
 *
 * @throws ServiceError of kind `configuration` for settings that do not fit together.
 */
export function createService(dependencies: ServiceDependencies): MarketDataIngestionService {
  const { configProvider, databaseManager, errorHandler, monitoring } = dependencies;
  const clock = dependencies.clock ?? systemClock;
  const collection = configProvider.getConfigSection(collectionSection);
  const spool = configProvider.getConfigSection(spoolSection);
  const collector =
    dependencies.collector ?? createCollector({ configProvider, clock, monitoring, cache: databaseManager.redis });
  return new IngestionService({
    databaseManager,
    errorHandler,
    monitoring,
    clock,
    collector,
    processor: dependencies.processor ?? new QualityProcessor({ settings: qualitySettings(collection) }),
    fallback: dependencies.fallback ?? new CacheFallback({ cache: databaseManager.redis }),
    health: new HealthRegistry({
      serviceName: 'market-data-ingestion',
      version,
      clock,
      checks: [...databaseManager.healthChecks, vendorCheck(collector)],
    }),
    deadlineMs: collection.deadline_seconds * 1000,
    ledger: createCoverage({ configProvider, databaseManager, clock }),
    gapWatch: new GapWatch({
      reader: () => databaseManager.coverage,
      monitoring,
      exchanges: exchangeChoices(configProvider.getConfigSection(coverageSection).exchanges),
    }),
    replay: {
      probeMs: spool.probe_seconds * 1000,
      maxProbeMs: spool.max_probe_seconds * 1000,
      batchesPerSecond: spool.replay_batches_per_second,
    },
  });
}

/** Reports what the last calls saw: a health check spends no quota. */
function vendorCheck(collector: MarketDataCollector): HealthCheck {
  return { name: collector.health().name, critical: true, check: () => collector.health() };
}

/** The processor's settings out of the configuration. */
export function qualitySettings({ data_quality: quality }: CollectionSection): QualitySettings {
  return {
    minQualityScore: quality.min_quality_score,
    enableValidation: quality.enable_validation,
    maxPriceDeviationPercent: quality.max_price_deviation_percent,
    minVolumeThreshold: quality.min_volume_threshold,
    enableDeduplication: quality.enable_deduplication,
  };
}
