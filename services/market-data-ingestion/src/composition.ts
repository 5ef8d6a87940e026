import 'reflect-metadata';
import {
  bind,
  createConfigurationProvider,
  createErrorHandler,
  createMonitoring,
  createRedactor,
  type LogLevel,
  resolve,
  systemClock,
} from '@quantumtrade/core-defaults';
import { tokens } from '@quantumtrade/core-traits';
import { createDatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { marketDataTokens } from '@quantumtrade/shared-types';
import type { DependencyContainer, InjectionToken } from 'tsyringe';
import { clickhouseOptions } from './configuration/clickhouse-options.ts';
import { collectionSection } from './configuration/collection-sections.ts';
import { configurationOptions } from './configuration/configuration-options.ts';
import { loggingSection } from './configuration/daemon-sections.ts';
import { errorPolicyOf } from './configuration/error-policy.ts';
import { knownSecrets } from './configuration/known-secrets.ts';
import { redisSection, spoolSection } from './configuration/storage-sections.ts';
import { createService, qualitySettings } from './create-service.ts';
import { type ErrorLog, keepingErrors } from './http/error-log.ts';
import { instruments } from './instruments.ts';
import { QualityProcessor } from './processors/quality-processor.ts';
import { MarketDataIngestionServiceToken } from './service.ts';
import { CacheFallback } from './storage/cache-fallback.ts';
import { createCollector, type VendorRegistry } from './vendors/registry.ts';

export interface CompositionOptions {
  /** Where settings are looked up after the file. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** A TOML, YAML or JSON file with settings. */
  readonly configurationFile?: string | undefined;
  /** Where log lines go. @default the process's standard error */
  readonly logStream?: NodeJS.WritableStream | undefined;
  /** Used where the configuration names none. @default 'info' */
  readonly logLevel?: LogLevel | undefined;
  /** Used where the configuration names none. @default 'json' */
  readonly logFormat?: 'json' | 'text' | undefined;
  /** Whether the metrics tell of the process too; see `createMonitoring`. @default false */
  readonly processMetrics?: boolean | undefined;
  /** What another process is told about this one when it wants the same data directory. */
  readonly command?: string | undefined;
  /** The vendor to collect from, by its name in the registry. @default what `collection.source` says */
  readonly vendor?: string | undefined;
  /** The vendors to choose from. @default those of this package */
  readonly registry?: VendorRegistry | undefined;
  /** Keeps the failures that the error handler is told of. @default they are not kept */
  readonly errorLog?: ErrorLog | undefined;
}

/**
 * Adds the service to a host's container: afterwards `MarketDataIngestionServiceToken` resolves to it. Contracts that
 * the container already has are used as they are, so a host replaces any part by registering its own first. Register
 * into a child container for each service: each one then has instances of its own.
 */
export function registerMarketDataIngestion(container: DependencyContainer, options: CompositionOptions = {}): void {
  const add: typeof bind = (target, token, factory) => {
    if (!target.isRegistered(token as InjectionToken, true)) bind(target, token, factory);
  };
  const environment = options.environment ?? process.env;

  add(container, tokens.Clock, () => systemClock);
  add(container, tokens.ConfigurationProvider, () =>
    createConfigurationProvider(configurationOptions({ environment, file: options.configurationFile })),
  );
  add(container, tokens.MonitoringProvider, (c) => {
    const configuration = resolve(c, tokens.ConfigurationProvider);
    const logging = configuration.getConfigSection(loggingSection);
    return createMonitoring({
      service: 'market-data-ingestion',
      instruments,
      level: logging.level ?? options.logLevel ?? 'info',
      format: logging.format ?? options.logFormat ?? 'json',
      redact: createRedactor(knownSecrets(configuration)),
      stream: options.logStream,
      processMetrics: options.processMetrics,
    });
  });
  add(container, tokens.ErrorHandler, (c) => {
    const configuration = resolve(c, tokens.ConfigurationProvider);
    const handler = createErrorHandler({
      monitoring: resolve(c, tokens.MonitoringProvider),
      clock: resolve(c, tokens.Clock),
      service: 'market-data-ingestion',
      policy: () => errorPolicyOf(configuration, options.vendor),
    });
    return options.errorLog === undefined ? handler : keepingErrors(handler, options.errorLog);
  });
  add(container, DatabaseManagerToken, (c) => {
    const configuration = resolve(c, tokens.ConfigurationProvider);
    const redis = configuration.getConfigSection(redisSection);
    return createDatabaseManager({
      clock: resolve(c, tokens.Clock),
      monitoring: resolve(c, tokens.MonitoringProvider),
      clickhouse: { ...clickhouseOptions(configuration), command: options.command },
      redis: {
        url: redis.url,
        keyPrefix: redis.key_prefix,
        defaultTtlSeconds: redis.default_ttl_seconds,
        connectTimeoutMs: redis.connect_timeout_seconds * 1000,
        commandTimeoutMs: redis.command_timeout_ms,
      },
      spool: { maxBytes: configuration.getConfigSection(spoolSection).max_bytes },
    });
  });
  add(container, tokens.Cache, (c) => resolve(c, DatabaseManagerToken).redis);
  add(container, marketDataTokens.MarketDataStore, (c) => resolve(c, DatabaseManagerToken).clickhouse);
  add(container, marketDataTokens.MarketDataCollector, (c) =>
    createCollector({
      configProvider: resolve(c, tokens.ConfigurationProvider),
      clock: resolve(c, tokens.Clock),
      monitoring: resolve(c, tokens.MonitoringProvider),
      cache: resolve(c, tokens.Cache),
      vendor: options.vendor,
      registry: options.registry,
    }),
  );
  add(
    container,
    marketDataTokens.DataProcessor,
    (c) =>
      new QualityProcessor({
        settings: qualitySettings(resolve(c, tokens.ConfigurationProvider).getConfigSection(collectionSection)),
      }),
  );
  add(container, marketDataTokens.CollectionFallback, (c) => new CacheFallback({ cache: resolve(c, tokens.Cache) }));
  add(container, MarketDataIngestionServiceToken, (c) =>
    createService({
      configProvider: resolve(c, tokens.ConfigurationProvider),
      databaseManager: resolve(c, DatabaseManagerToken),
      errorHandler: resolve(c, tokens.ErrorHandler),
      monitoring: resolve(c, tokens.MonitoringProvider),
      clock: resolve(c, tokens.Clock),
      collector: resolve(c, marketDataTokens.MarketDataCollector),
      processor: resolve(c, marketDataTokens.DataProcessor),
      fallback: resolve(c, marketDataTokens.CollectionFallback),
    }),
  );
}
