import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  createConfigurationProvider,
  createErrorHandler,
  createMonitoring,
  createRedactor,
  type DefaultMonitoring,
  type LayeredConfiguration,
  systemClock,
} from '@quantumtrade/core-defaults';
import { createDatabaseManager, type DatabaseManager } from '@quantumtrade/database-abstraction';
import {
  alphaVantageSection,
  createService,
  environmentAliases,
  environmentPrefix,
  instruments,
  type MarketDataIngestionService,
  sections,
} from '../../../src/index.ts';

/** A key that occurs nowhere by accident; its URL-encoded and base64 forms differ from it. */
export const fakeKey = 'FAKE+Key/9f3Recorded=Qz';

export interface WholeServiceOptions {
  /** The vendor's endpoint. */
  readonly baseUrl: string;
  readonly dataDirectory: string;
  /** A database of its own inside the directory keeps equal series of several tests apart. */
  readonly database?: string;
  /** Further settings, as environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A started service in which nothing is a double, and what a test wants to look into. */
export interface WholeService {
  readonly service: MarketDataIngestionService;
  readonly databaseManager: DatabaseManager;
  readonly monitoring: DefaultMonitoring;
  readonly configuration: LayeredConfiguration;
  /** Everything logged so far. */
  logText(): Promise<string>;
  close(): Promise<void>;
}

/** Starts the service as a host does, with a fake key, no limits of our own, and one attempt for each step. */
export async function startWholeService(options: WholeServiceOptions): Promise<WholeService> {
  const { baseUrl, dataDirectory, database } = options;
  await mkdir(dataDirectory, { recursive: true });
  const configuration = createConfigurationProvider({
    sections,
    environmentPrefix,
    aliases: environmentAliases,
    environment: {
      ALPHA_VANTAGE_API_KEY: fakeKey,
      ALPHA_VANTAGE_BASE_URL: baseUrl,
      // Of its own: a service that remembers what another one was refused would not ask.
      MARKET_DATA_DIR: await mkdtemp(join(dataDirectory, 'memory-')),
      MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_MINUTE: 'none',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
      ...options.environment,
    },
  });
  const logged: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const monitoring = createMonitoring({
    service: 'recorded',
    instruments,
    stream,
    redact: createRedactor(() => [configuration.getConfigSection(alphaVantageSection).api_key?.reveal() ?? '']),
  });
  const databaseManager = createDatabaseManager({ clock: systemClock, clickhouse: { dataDirectory, database } });
  const service = createService({
    configProvider: configuration,
    databaseManager,
    monitoring,
    errorHandler: createErrorHandler({ monitoring, clock: systemClock, policy: { maxAttempts: 1 } }),
  });
  await service.start();
  return {
    service,
    databaseManager,
    monitoring,
    configuration,
    logText: async () => {
      await monitoring.flush();
      return logged.join('');
    },
    close: async () => {
      await service.stop();
      await databaseManager.close();
    },
  };
}
