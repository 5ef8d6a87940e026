import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { bind, createConfigurationProvider, resolve } from '@quantumtrade/core-defaults';
import {
  FakeCollector,
  FakeConfiguration,
  FakeFallback,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  ScriptedErrorHandler,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { type Clock, ServiceError, type Token, tokens } from '@quantumtrade/core-traits';
import { type DatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { type MarketDataStore, marketDataTokens } from '@quantumtrade/shared-types';
import { container, type DependencyContainer, inject, injectable } from 'tsyringe';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseWith, judged, payload } from '../test/service/service-with-doubles.ts';
import { AlphaVantageCollector } from './collectors/alpha-vantage/alpha-vantage-collector.ts';
import { type CompositionOptions, registerMarketDataIngestion } from './composition.ts';
import { configurationOptions } from './configuration/configuration-options.ts';
import { QualityProcessor } from './processors/quality-processor.ts';
import { type MarketDataIngestionService, MarketDataIngestionServiceToken } from './service.ts';
import { CacheFallback } from './storage/cache-fallback.ts';
import { SandboxCollector } from './vendors/sandbox-collector.ts';

const directory = mkdtempSync(join(tmpdir(), 'composition-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let own: DependencyContainer;
beforeEach(() => {
  own = container.createChildContainer();
});

function register(into: DependencyContainer, options: CompositionOptions = {}): void {
  registerMarketDataIngestion(into, {
    environment: { MARKET_DATA_DIR: directory },
    logStream: new PassThrough(),
    ...options,
  });
}

/** Every contract of the composition. `tokens.HealthCheckable` and `tokens.Lifecycle` are the service's own matter. */
const bound: readonly Token<object>[] = [
  tokens.Clock,
  tokens.ConfigurationProvider,
  tokens.MonitoringProvider,
  tokens.ErrorHandler,
  tokens.Cache,
  DatabaseManagerToken,
  marketDataTokens.CollectionFallback,
  marketDataTokens.DataProcessor,
  marketDataTokens.MarketDataCollector,
  marketDataTokens.MarketDataStore,
  MarketDataIngestionServiceToken,
] as readonly Token<object>[];

describe('the composition', () => {
  it('resolves every token that it binds, each one always to the same instance', () => {
    register(own);
    for (const token of bound) {
      const instance = resolve(own, token);
      expect(instance, token.description).toBeTypeOf('object');
      expect(resolve(own, token)).toBe(instance);
    }
  });

  it('binds every token of the market-data contracts', () => {
    for (const token of Object.values(marketDataTokens)) expect(bound).toContain(token);
  });

  it('wires the defaults together', () => {
    register(own);
    const database = resolve(own, DatabaseManagerToken);
    expect(resolve(own, tokens.Cache)).toBe(database.redis);
    expect(resolve(own, marketDataTokens.MarketDataStore)).toBe(database.clickhouse);
    expect(resolve(own, marketDataTokens.MarketDataCollector)).toBeInstanceOf(SandboxCollector);
    expect(resolve(own, marketDataTokens.DataProcessor)).toBeInstanceOf(QualityProcessor);
    expect(resolve(own, marketDataTokens.CollectionFallback)).toBeInstanceOf(CacheFallback);
    expect(resolve(own, MarketDataIngestionServiceToken).source).toBe('alpha_vantage_sandbox');
  });

  it('reads the environment that it is given', () => {
    register(own, { environment: { MARKET_DATA_DIR: directory, ALPHA_VANTAGE_API_KEY: 'K1' } });
    expect(resolve(own, marketDataTokens.MarketDataCollector)).toBeInstanceOf(AlphaVantageCollector);
    expect(resolve(own, MarketDataIngestionServiceToken).source).toBe('alpha_vantage');
  });

  it('caches in this process, and on a Redis server where one is named', async () => {
    const implementationOf = async (container: DependencyContainer): Promise<unknown> => {
      const check = resolve(container, DatabaseManagerToken).healthChecks.find(({ name }) => name === 'redis');
      return (await check?.check({ signal: AbortSignal.timeout(1000) }))?.implementation;
    };
    register(own);
    expect(await implementationOf(own)).toBe('in-process');
    expect(resolve(own, tokens.Cache)).toBe(resolve(own, DatabaseManagerToken).redis);
    const other = container.createChildContainer();
    register(other, { environment: { MARKET_DATA_DIR: directory, REDIS_URL: 'redis://cache.example' } });
    expect(await implementationOf(other)).toBe('server');
  });

  it('keeps the password in the address of Redis out of its logs, also alone', async () => {
    const logStream = new PassThrough();
    register(own, { environment: { REDIS_URL: 'redis://:hunter%2F22@cache.example' }, logStream });
    const said = 'redis://:hunter%2F22@cache.example hunter%2F22 hunter/22';
    resolve(own, tokens.MonitoringProvider).logError(said);
    const line = await new Promise((done) => logStream.once('data', done));
    expect(String(line)).toContain('[redacted] [redacted] [redacted]');
    expect(String(line)).not.toContain('hunter');
  });

  it('tries as often as alpha_vantage.max_retries says', () => {
    const environment = { MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '1' };
    register(own, { environment });
    const handler = resolve(own, tokens.ErrorHandler);
    const error = Object.assign(new Error('away'), { retryable: true, kind: 'externalApi' });
    const outage = error as unknown as Parameters<typeof handler.shouldRetry>[0];
    expect([handler.shouldRetry(outage, 1), handler.shouldRetry(outage, 2)]).toEqual([true, false]);
  });

  it('answers failures as the section errors says, and as it says after a reload', () => {
    const environment: Record<string, string> = {
      MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '1',
      MARKET_DATA_ERRORS__MAX_ATTEMPTS: '3',
      MARKET_DATA_ERRORS__BASE_DELAY_MS: '0',
      MARKET_DATA_ERRORS__RULES: '[{"kind":"database","reason":"readOnly","action":"useDefault"}]',
      MARKET_DATA_ERRORS__RETRY_BUDGET__MIN_RETRIES_PER_MINUTE: '3',
    };
    const configuration = createConfigurationProvider(configurationOptions({ environment, file: undefined }));
    bind(own, tokens.ConfigurationProvider, () => configuration);
    register(own);
    const handler = resolve(own, tokens.ErrorHandler);
    const decide = (operation: string, attempt: number, reason = 'away') =>
      handler.handleError(new ServiceError({ kind: 'database', reason, message: 'away' }), {
        service: 'test',
        operation,
        timestamp: 0,
        attempt,
      });
    expect(decide('fetch', 1)).toEqual({ action: 'retry', delayMs: 0, maxAttempts: 2 });
    expect(decide('fetch', 2)).toEqual({ action: 'fail' });
    expect(decide('store', 2)).toEqual({ action: 'retry', delayMs: 0, maxAttempts: 3 });
    expect(decide('store', 1, 'readOnly')).toEqual({ action: 'useDefault' });
    environment.MARKET_DATA_ERRORS__RULES = '[]';
    configuration.reload();
    expect(decide('store', 1, 'readOnly')).toEqual({ action: 'retry', delayMs: 0, maxAttempts: 3 });
    // The budget of three retries is spent.
    expect(decide('store', 1)).toEqual({ action: 'fail' });
  });

  it('keeps the keys of a provider that lists none out of its logs, as soon as they have been seen', async () => {
    const logStream = new PassThrough();
    bind(own, tokens.ConfigurationProvider, () => new FakeConfiguration({ 'alpha_vantage.api_key': 'SECRET-KEY-2' }));
    register(own, { logStream });
    resolve(own, tokens.MonitoringProvider).logError('refused SECRET-KEY-2');
    const line = await new Promise((done) => logStream.once('data', done));
    expect(String(line)).toContain('refused [redacted]');
  });

  it('reports a broken configuration when the first part is asked for', () => {
    register(own, { environment: { MARKET_DATA_COLLECTION__DEADLINE_SECONDS: 'soon' } });
    expect(() => resolve(own, MarketDataIngestionServiceToken)).toThrow(
      expect.objectContaining({ kind: 'configuration', message: expect.stringContaining('deadline_seconds') }),
    );
  });

  it('keeps the key out of its logs', async () => {
    const logStream = new PassThrough();
    register(own, { environment: { ALPHA_VANTAGE_API_KEY: 'SECRET-KEY-1' }, logStream });
    const monitoring = resolve(own, tokens.MonitoringProvider);
    monitoring.logError('refused apikey=SECRET-KEY-1', { url: 'https://vendor.example/query?apikey=SECRET-KEY-1' });
    const line = await new Promise((done) => logStream.once('data', done));
    expect(String(line)).toContain('refused');
    expect(String(line)).not.toContain('SECRET-KEY-1');
  });
});

describe('a host', () => {
  it('replaces any part by registering its own first', async () => {
    const clock = new VirtualClock();
    const store = new InMemoryMarketDataStore();
    const collector = new FakeCollector({ source: 'own_vendor', answers: [payload] });
    const fallback = new FakeFallback();
    const monitoring = new RecordingMonitoring();
    const database = databaseWith(store);
    bind(own, tokens.Clock, () => clock);
    bind(own, tokens.MonitoringProvider, () => monitoring);
    bind(own, tokens.ErrorHandler, () => new ScriptedErrorHandler());
    bind(own, DatabaseManagerToken, () => database);
    bind(own, marketDataTokens.MarketDataCollector, () => collector);
    bind(own, marketDataTokens.DataProcessor, () => ({ process: () => judged }));
    bind(own, marketDataTokens.CollectionFallback, () => fallback);
    register(own);
    const service = resolve(own, MarketDataIngestionServiceToken);
    await service.start();
    const result = await service.collectSymbolData('IBM', 'daily');
    await service.stop();
    expect(result).toMatchObject({ source: 'own_vendor', stored: 3, collectionTime: clock.now() });
    expect(fallback.remembered).toHaveLength(1);
    expect(monitoring.counter('data_points_stored_total')).toBe(3);
    expect(resolve(own, marketDataTokens.MarketDataStore)).toBe(store);
  });

  it('may register its parts in a container above', () => {
    const clock = new VirtualClock();
    bind(own, tokens.Clock, () => clock);
    const child = own.createChildContainer();
    register(child);
    expect(resolve(child, tokens.Clock)).toBe(clock);
  });

  it('may replace a part afterwards, as long as nothing was resolved', () => {
    register(own);
    const collector = new FakeCollector({ source: 'later' });
    bind(own, marketDataTokens.MarketDataCollector, () => collector);
    expect(resolve(own, MarketDataIngestionServiceToken).source).toBe('later');
  });

  it('runs several services in child containers that share nothing but the clock of the process', () => {
    const [one, two] = [own.createChildContainer(), own.createChildContainer()];
    register(one, { environment: { MARKET_DATA_DIR: join(directory, 'one') } });
    register(two, { environment: { MARKET_DATA_DIR: join(directory, 'two') } });
    for (const token of bound) {
      if (token === tokens.Clock) continue;
      expect(resolve(one, token), token.description).not.toBe(resolve(two, token));
    }
    expect(own.isRegistered(MarketDataIngestionServiceToken, true)).toBe(false);
  });

  it('gets instances of its own in each child also when it registered into the container above', () => {
    register(own);
    const [one, two] = [own.createChildContainer(), own.createChildContainer()];
    for (const token of [DatabaseManagerToken, MarketDataIngestionServiceToken] as readonly Token<object>[]) {
      expect(resolve(one, token)).toBe(resolve(one, token));
      expect(resolve(one, token)).not.toBe(resolve(two, token));
    }
  });

  it('has our contracts injected into its own decorated classes', () => {
    class Dashboard {
      readonly service: MarketDataIngestionService;
      readonly store: MarketDataStore;
      readonly database: DatabaseManager;
      readonly clock: Clock;

      constructor(
        service: MarketDataIngestionService,
        store: MarketDataStore,
        database: DatabaseManager,
        clock: Clock,
      ) {
        this.service = service;
        this.store = store;
        this.database = database;
        this.clock = clock;
      }
    }
    // What `@injectable()` and `@inject(token)` do, without their syntax.
    const parameters = [
      MarketDataIngestionServiceToken,
      marketDataTokens.MarketDataStore,
      DatabaseManagerToken,
      tokens.Clock,
    ];
    for (const [index, token] of parameters.entries()) inject(token)(Dashboard, undefined, index);
    injectable()(Dashboard);

    register(own);
    const dashboard = own.resolve(Dashboard);
    expect(dashboard).toBeInstanceOf(Dashboard);
    expect(dashboard.service).toBe(resolve(own, MarketDataIngestionServiceToken));
    expect(dashboard.store).toBe(dashboard.database.clickhouse);
    expect(dashboard.database).toBe(resolve(own, DatabaseManagerToken));
    expect(dashboard.clock).toBe(resolve(own, tokens.Clock));
  });
});
