import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind, resolve } from '@quantumtrade/core-defaults';
import { ServiceError, tokens } from '@quantumtrade/core-traits';
import { type DatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import type { CollectionResult } from '@quantumtrade/shared-types';
import { container } from 'tsyringe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  freePort,
  hasRedisServer,
  type RedisServer,
  startRedisServer,
} from '../../../../packages/database-abstraction/test/support/redis-server.ts';
import {
  type MarketDataIngestionService,
  MarketDataIngestionServiceToken,
  registerMarketDataIngestion,
} from '../../src/index.ts';
import { capture } from '../cli/capture.ts';
import { startVendor, type Vendor } from '../cli/vendor.ts';
import { accountedFor } from '../service/service-with-doubles.ts';

/** A service as it is composed from its environment, with a ClickHouse that the test can take away. */
interface Composed {
  readonly service: MarketDataIngestionService;
  readonly database: DatabaseManager;
  readonly log: ReturnType<typeof capture>;
  loseClickHouse(): void;
  close(): Promise<void>;
}

let directory: string;
let redis: RedisServer;
let vendor: Vendor;
let composed: Composed;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'redis-fallback-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function compose(redisUrl: string): Promise<Composed> {
  const environment = {
    ALPHA_VANTAGE_API_KEY: 'KEY1',
    ALPHA_VANTAGE_BASE_URL: vendor.url,
    MARKET_DATA_DIR: directory,
    MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
    REDIS_URL: redisUrl,
  };
  const log = capture();
  const whole = container.createChildContainer();
  registerMarketDataIngestion(whole, { environment, logStream: log });
  const database = resolve(whole, DatabaseManagerToken);
  let away = false;
  const clickhouse = new Proxy(database.clickhouse, {
    get: (store, name) => {
      const method = Reflect.get(store, name) as (...values: unknown[]) => Promise<unknown>;
      return (...values: unknown[]) => (away ? Promise.reject(clickHouseAway()) : method.apply(store, values));
    },
  });
  const own = container.createChildContainer();
  bind(own, DatabaseManagerToken, () => ({
    clickhouse,
    corporateActions: database.corporateActions,
    redis: database.redis,
    transfer: database.transfer,
    maintenance: database.maintenance,
    coverage: database.coverage,
    spool: database.spool,
    healthChecks: database.healthChecks,
    connect: () => database.connect(),
    runMigrations: () => database.runMigrations(),
    close: () => database.close(),
  }));
  bind(own, tokens.ConfigurationProvider, () => resolve(whole, tokens.ConfigurationProvider));
  registerMarketDataIngestion(own, { environment, logStream: log });
  const service = resolve(own, MarketDataIngestionServiceToken);
  await service.start();
  return {
    service,
    database,
    log,
    loseClickHouse: () => {
      away = true;
    },
    close: async () => {
      await service.stop();
      await database.close();
    },
  };
}

function clickHouseAway(): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'unavailable', message: 'ClickHouse was taken away' });
}

async function redisHealth(): Promise<unknown> {
  const { checks } = await composed.service.healthCheck();
  return checks.find(({ name }) => name === 'redis');
}

/** Collects, and holds the result against the law. */
async function collected(symbol: string): Promise<CollectionResult> {
  const result = await composed.service.collectSymbolData(symbol, 'daily');
  expect(accountedFor(result)).toBe(result.collectedCount);
  return result;
}

describe.skipIf(!hasRedisServer)('a service with REDIS_URL (needs redis-server)', { timeout: 20_000 }, () => {
  beforeEach(async () => {
    [redis, vendor] = await Promise.all([startRedisServer(), startVendor()]);
    composed = await compose(redis.url);
  });
  afterEach(async () => {
    redis.thaw();
    await composed.close();
    await Promise.all([redis.close(), vendor.close()]);
  });

  it('answers from Redis when the vendor and ClickHouse are away, also in a process that never collected', async () => {
    expect(await collected('IBM')).toMatchObject({ source: 'alpha_vantage', stored: 100 });
    const keys = ['market_data:IBM:daily:alpha_vantage:recent', 'market_data:IBM:daily:alpha_vantage:latest'];
    expect([...((await redis.ask('KEYS', 'market_data:*')) as string[])].sort()).toEqual([...keys].sort());
    const [recent, latest] = await Promise.all(keys.map((key) => redis.ask('TTL', key)));
    expect(recent).toBeGreaterThan(890);
    expect(recent).toBeLessThanOrEqual(900);
    expect(latest).toBeGreaterThan(290);
    expect(latest).toBeLessThanOrEqual(300);

    await composed.close();
    composed = await compose(redis.url);
    await vendor.close();
    composed.loseClickHouse();
    const result = await collected('IBM');
    expect(result).toMatchObject({
      source: 'cache',
      cachedCount: 100,
      qualityScore: 80,
      collectedCount: 0,
      error: { kind: 'externalApi', reason: 'outage' },
    });
    for (const lose of [() => redis.ask('FLUSHALL'), () => redis.end('SIGKILL')]) {
      await lose();
      await expect(composed.service.collectSymbolData('IBM', 'daily')).rejects.toMatchObject({ reason: 'outage' });
    }
  });

  it.each<[string, () => unknown, string | RegExp]>([
    ['hangs', () => redis.freeze(), /timed out|no answer|not asked again/],
    ['was killed', () => redis.end('SIGKILL'), `127.0.0.1:`],
    ['is out of memory', () => redis.ask('CONFIG', 'SET', 'maxmemory', '1'), 'OOM'],
    ['is read-only', async () => redis.ask('REPLICAOF', '127.0.0.1', `${await freePort()}`), 'READONLY'],
  ])('stores as ever when Redis %s, warns, and is degraded', async (name, fail, says) => {
    await fail();
    const began = performance.now();
    const symbol = name.replace(/\W/g, '');
    expect(await collected(symbol)).toMatchObject({ source: 'alpha_vantage', stored: 100 });
    // Far more than the 500 ms that the cache may take, and far less than anything that was waited for.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(composed.log.text()).toContain('recent bars could not be cached');
    expect(composed.log.text()).toMatch(says);
    expect(await redisHealth()).toMatchObject({ status: 'degraded', implementation: 'server' });
    expect(await composed.service.readyCheck()).toEqual({ ready: true });
  });

  it('caches again by itself after Redis was restarted', async () => {
    await redis.end('SIGKILL');
    await collected('MSFT');
    await redis.start();
    await expect.poll(redisHealth, { timeout: 10_000, interval: 50 }).toMatchObject({ status: 'healthy' });
    expect(await collected('MSFT')).toMatchObject({ unchanged: 100 });
    expect(await redis.ask('EXISTS', 'market_data:MSFT:daily:alpha_vantage:recent')).toBe(1);
  });

  it('keeps the password of Redis out of its logs, its health and its settings', async () => {
    await composed.close();
    composed = await compose(`redis://:hunter22%2Fx@127.0.0.1:${await freePort()}`);
    await collected('GOOGL');
    const everything = composed.log.text() + JSON.stringify(await composed.service.healthCheck());
    expect(everything).toContain('ECONNREFUSED');
    expect(everything).not.toContain('hunter22');
  });
});
