import {
  createConfigurationProvider,
  createErrorHandler,
  createMonitoring,
  systemClock,
} from '@quantumtrade/core-defaults';
import { type ConfigurationProvider, Redacted } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import {
  AlphaVantageCollector,
  configurationOptions,
  createService,
  instruments,
  type MarketDataIngestionService,
  unlimited,
} from '@quantumtrade/market-data-ingestion';
import type { AnswersInMemory } from '../measure/answers.ts';
import { source } from './expected-row.ts';

const longSeconds = 3600;

/** How the services of the suite are configured: the defaults, with no limits and full answers. */
function settings(overrides: Readonly<Record<string, unknown>>): ConfigurationProvider {
  return createConfigurationProvider({
    ...configurationOptions({ environment: {}, file: undefined }),
    overrides: {
      'alpha_vantage.api_key': 'a-key-of-the-benchmark',
      'alpha_vantage.default_output_size': 'full',
      'rate_limits.calls_per_second': 'none',
      'rate_limits.calls_per_day': 'none',
      'collection.deadline_seconds': longSeconds,
      ...overrides,
    },
  });
}

/** The whole service on a store, its vendor on the loopback: everything that a user's service does. */
export async function serviceOverHttp(
  databaseManager: DatabaseManager,
  vendorUrl: string,
): Promise<MarketDataIngestionService> {
  return await started(databaseManager, { 'alpha_vantage.base_url': vendorUrl });
}

/** The whole service on a store, with the vendor's answers in memory. */
export async function serviceFromBytes(
  databaseManager: DatabaseManager,
  answers: AnswersInMemory,
): Promise<MarketDataIngestionService> {
  return await started(databaseManager, {}, collectorFromBytes(answers));
}

/** The vendor's collector without a network under it. */
export function collectorFromBytes(answers: AnswersInMemory): AlphaVantageCollector {
  return new AlphaVantageCollector({
    settings: {
      baseUrl: 'https://vendor.invalid/query',
      apiKey: new Redacted('a-key-of-the-benchmark'),
      source,
      timeoutMs: longSeconds * 1000,
      defaultOutputSize: 'full',
      barLabel: 'start',
      dataType: 'json',
    },
    quota: unlimited,
    http: {
      get: async (url) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: answers.bodyOf(url.searchParams.get('symbol') ?? ''),
      }),
      close: () => {},
    },
    clock: systemClock,
    redact: (text) => text,
  });
}

async function started(
  databaseManager: DatabaseManager,
  overrides: Readonly<Record<string, unknown>>,
  collector?: AlphaVantageCollector,
): Promise<MarketDataIngestionService> {
  const monitoring = createMonitoring({ service: 'benchmark', instruments, level: 'error' });
  const service = createService({
    configProvider: settings(overrides),
    databaseManager,
    errorHandler: createErrorHandler({ monitoring, clock: systemClock, service: 'benchmark' }),
    monitoring,
    clock: systemClock,
    collector,
  });
  await service.start();
  return service;
}
