import dns from 'node:dns';
import { inspect } from 'node:util';
import { cacheSuite, VirtualClock } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCache, type ManagedCache } from '../src/cache/create-cache.ts';
import { RedisCache, type RedisCacheOptions } from '../src/index.ts';
import { freePort, hasRedisServer, type RedisServer, startRedisServer } from './support/redis-server.ts';

const clock = new VirtualClock();
/** What a call may take here, and far more than it should: the tests say that it is bounded, not how fast it is. */
const [commandTimeoutMs, boundMs] = [250, 2000];
const timing = { clock, commandTimeoutMs, connectTimeoutMs: 500, breakerResetMs: 100 };
const away = { kind: 'database', reason: 'cacheUnavailable', retryable: true };

async function connected(options: Partial<RedisCacheOptions> & Pick<RedisCacheOptions, 'url'>): Promise<RedisCache> {
  const cache = new RedisCache({ ...timing, ...options });
  onTestFinished(() => cache.close());
  await bounded(() => cache.connect());
  return cache;
}

/** What a call settles with, and that it held nobody up. */
async function bounded<T>(call: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await call();
  } finally {
    expect(performance.now() - began).toBeLessThan(boundMs);
  }
}

async function failureOf(call: () => Promise<unknown>): Promise<Error> {
  const failure = await bounded(() => call().catch((error: unknown) => error));
  expect(failure).toMatchObject(away);
  return failure as Error;
}

/** Nobody calls `connect` again: the cache must find the server by itself. */
async function recovers(cache: RedisCache): Promise<void> {
  await vi.waitFor(() => cache.cacheSet('back', 'again'), { timeout: 10_000, interval: 20 });
  expect(await cache.cacheGet('back')).toBe('again');
}

const testUrl = process.env.REDIS_TEST_URL;

describe.skipIf(!hasRedisServer && !testUrl)('the cache on Redis (needs redis-server or REDIS_TEST_URL)', () => {
  let own: RedisServer | undefined;
  let cache: RedisCache;
  beforeAll(async () => {
    own = testUrl ? undefined : await startRedisServer();
    const url = testUrl ?? own?.url ?? '';
    cache = new RedisCache({ clock, url, keyPrefix: 'suite:', defaultTtlSeconds: 60, commandTimeoutMs: 500 });
    await cache.connect();
  });
  afterAll(async () => {
    await cache.close();
    await own?.close();
  });

  cacheSuite({ describe, it, expect }, { create: async () => ({ subject: cache }) });
});

describe.skipIf(!hasRedisServer)('a Redis server of its own (needs redis-server)', { timeout: 20_000 }, () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(() => server.close());

  it('gets keys with their prefix and a time to live, the default one where a call names none', async () => {
    const cache = await connected({ url: server.url, keyPrefix: 'team:', defaultTtlSeconds: 3600 });
    await cache.cacheSet('a', '1');
    await cache.cacheSet('b', '2', 0.5);
    expect(await server.ask('GET', 'team:a')).toBe('1');
    const [lasting, short] = await Promise.all(['team:a', 'team:b'].map((key) => server.ask('PTTL', key)));
    expect(lasting).toBeGreaterThan(3_500_000);
    expect(lasting).toBeLessThanOrEqual(3_600_000);
    expect(short).toBeLessThanOrEqual(500);
  });

  it('holds nobody up while it hangs, is left alone after three calls, and is used again when it goes on', async () => {
    const circuit: string[] = [];
    const onCircuit = (state: string): void => void circuit.push(state);
    const cache = await connected({ url: server.url, connectTimeoutMs: 5000, breakerResetMs: 1000, onCircuit });
    await cache.cacheSet('kept', 'value');
    server.freeze();
    for (let call = 0; call < 3; call++) {
      expect((await failureOf(() => cache.cacheGet('kept'))).message).toContain('Command timed out');
    }
    expect((await failureOf(() => cache.cacheGet('kept'))).message).toContain('not asked again for a moment');
    server.thaw();
    await recovers(cache);
    expect(await cache.cacheGet('kept')).toBe('value');
    expect(circuit.slice(0, 2)).toEqual(['open', 'half-open']);
    expect(circuit.at(-1)).toBe('closed');
  });

  it('is connected to anew when it was silent for too long, in case its host is gone', async () => {
    const cache = await connected({ url: server.url });
    server.freeze();
    await failureOf(() => cache.cacheGet('a'));
    await vi.waitFor(
      async () => expect((await failureOf(() => cache.cacheGet('a'))).message).toContain('Socket timeout'),
      { timeout: 10_000, interval: 20 },
    );
    server.thaw();
    await recovers(cache);
  });

  it('holds no start up while it hangs', async () => {
    server.freeze();
    const cache = await connected({ url: server.url });
    await failureOf(() => cache.cacheSet('a', '1'));
    server.thaw();
    await recovers(cache);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('is found again after an end by %s and a restart', async (signal) => {
    const cache = await connected({ url: server.url });
    await cache.cacheSet('gone', 'value');
    await server.end(signal);
    const failure = await failureOf(() => cache.cacheGet('gone'));
    expect(failure.message).toContain(`127.0.0.1:${server.port}`);
    await server.start();
    await recovers(cache);
    expect(await cache.cacheGet('gone')).toBe(undefined);
  });

  it('is read while it is out of memory, and written again when it has some', async () => {
    const cache = await connected({ url: server.url });
    await cache.cacheSet('kept', 'value');
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await server.ask('CONFIG', 'SET', 'maxmemory', '1mb');
    const large = 'x'.repeat(2 ** 20);
    for (let write = 0; write < 5; write++) {
      expect((await failureOf(() => cache.cacheSet(`large${write}`, large))).message).toContain('OOM');
    }
    expect(await cache.cacheGet('kept')).toBe('value');
    await expect(cache.ping()).rejects.toThrow('OOM');
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    await cache.cacheSet('large', large);
    await cache.ping();
  });

  it('is read while it is a read-only replica, and written again when it is none', async () => {
    const cache = await connected({ url: server.url });
    await cache.cacheSet('kept', 'value');
    await server.ask('REPLICAOF', '127.0.0.1', `${await freePort()}`);
    expect((await failureOf(() => cache.cacheSet('new', 'value'))).message).toContain('READONLY');
    await vi.waitFor(async () => expect(await cache.cacheGet('kept')).toBe('value'), { timeout: 5000 });
    await failureOf(() => cache.ping());
    await server.ask('REPLICAOF', 'NO', 'ONE');
    await recovers(cache);
    await cache.ping();
  });

  it('is connected to anew when it became read-only, in case another one has its name now', async () => {
    const cache = await connected({ url: server.url });
    const connection = async () => /\bid=\d+/.exec((await server.connections()).join())?.[0];
    const before = await connection();
    await server.ask('REPLICAOF', '127.0.0.1', `${await freePort()}`);
    await failureOf(() => cache.cacheSet('new', 'value'));
    expect(before).toBeDefined();
    await vi.waitFor(async () => expect([undefined, before]).not.toContain(await connection()), { timeout: 4000 });
  });

  it('says that the password is wrong, without saying it', async () => {
    await server.ask('CONFIG', 'SET', 'requirepass', 'right');
    const cache = await connected({ url: new Redacted(`redis://:hunter22%2F@127.0.0.1:${server.port}`) });
    const failures = [
      await failureOf(() => cache.cacheGet('a')),
      await failureOf(() => cache.cacheSet('a', 'confidential')),
      await failureOf(() => cache.ping()),
    ];
    expect(failures.map(({ message }) => message)).toEqual(failures.map(() => expect.stringContaining('WRONGPASS')));
    const everything = inspect([cache, failures], { depth: 10, showHidden: true }) + JSON.stringify(failures);
    expect(everything).not.toContain('hunter22');
    expect(everything).not.toContain('confidential');
    const right = await connected({ url: `redis://:right@127.0.0.1:${server.port}` });
    await right.cacheSet('a', '1');
  });

  it('has no connection left after the end, and gets one when it is connected to again', async () => {
    const cache = await connected({ url: server.url });
    await cache.cacheSet('kept', 'value');
    await cache.close();
    await cache.close();
    await expect(cache.cacheGet('kept')).rejects.toMatchObject({ kind: 'database', reason: 'notConnected' });
    await expect.poll(() => server.connections()).toEqual([]);
    await cache.connect();
    expect(await cache.cacheGet('kept')).toBe('value');
  });

  it('does not hold up the end while it hangs', async () => {
    const cache = await connected({ url: server.url });
    server.freeze();
    await bounded(() => cache.close());
  });
});

describe('a Redis server that is not there', () => {
  it('is no reason not to start', async () => {
    const cache = await connected({ url: `redis://127.0.0.1:${await freePort()}` });
    expect((await failureOf(() => cache.cacheGet('a'))).message).toContain('ECONNREFUSED');
    for (let call = 0; call < 5; call++) await failureOf(() => cache.cacheGet('a'));
    expect((await failureOf(() => cache.cacheGet('a'))).message).toContain('ECONNREFUSED');
  });

  it.skipIf(!hasRedisServer)('is found when it comes later (needs redis-server)', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.close());
    await server.end('SIGKILL');
    const cache = await connected({ url: server.url });
    await failureOf(() => cache.cacheSet('a', '1'));
    await server.start();
    await recovers(cache);
  });

  it('holds nobody up when its name is looked up for ever', async () => {
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => {}) as unknown as typeof dns.lookup);
    onTestFinished(() => lookup.mockRestore());
    const cache = await connected({ url: 'redis://cache.example' });
    expect(lookup).toHaveBeenCalled();
    await failureOf(() => cache.cacheGet('a'));
  });

  it('is not asked before connect', async () => {
    const cache = new RedisCache({ ...timing, url: 'redis://127.0.0.1:1' });
    await expect(cache.cacheGet('a')).rejects.toMatchObject({ kind: 'database', reason: 'notConnected' });
    await cache.close();
  });
});

describe('the health of the cache', () => {
  const signal = new AbortController().signal;
  const managed = async (url?: string): Promise<ManagedCache> => {
    const cache = createCache({ ...timing, url });
    onTestFinished(() => cache.close());
    await cache.connect();
    return cache;
  };

  it('names the process where no server is configured', async () => {
    const { healthCheck } = await managed();
    expect(healthCheck).toMatchObject({ name: 'redis', critical: false });
    expect(await healthCheck.check({ signal })).toEqual({
      status: 'healthy',
      message: '',
      implementation: 'in-process',
    });
  });

  it.skipIf(!hasRedisServer)('is that of the server where one is configured (needs redis-server)', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.close());
    const { healthCheck } = await managed(server.url);
    expect(await healthCheck.check({ signal })).toEqual({ status: 'healthy', message: '', implementation: 'server' });
    await server.end('SIGKILL');
    expect(await bounded(async () => healthCheck.check({ signal }))).toMatchObject({ status: 'degraded' });
    await server.start();
    await vi.waitFor(
      async () => expect(await healthCheck.check({ signal })).toMatchObject({ status: 'healthy' }),
      5000,
    );
  });

  it('is degraded and never critical when the server is away, and does not say its password', async () => {
    const port = await freePort();
    const { healthCheck } = await managed(`redis://:hunter22@127.0.0.1:${port}`);
    expect(healthCheck).toMatchObject({ name: 'redis', critical: false });
    const report = await healthCheck.check({ signal });
    expect(report).toEqual({
      status: 'degraded',
      message: `Redis at 127.0.0.1:${port} failed while pinging: connect ECONNREFUSED 127.0.0.1:${port}`,
      implementation: 'server',
    });
  });
});
