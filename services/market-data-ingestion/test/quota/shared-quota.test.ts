import { systemClock } from '@quantumtrade/core-defaults';
import { VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQuota } from '../../src/quota/create-quota.ts';
import type { Quota } from '../../src/quota/quota.ts';
import { connectRedisScripts, type RedisScripts } from '../../src/quota/redis-scripts.ts';
import { type RedisServer, redisPresent, startRedisServer } from './support/redis-server.ts';

/** How many calls go at once before one would have to wait. */
async function spend(quota: Quota, most = 50): Promise<number> {
  for (let calls = 0; calls < most; calls++) {
    try {
      await quota.acquire({ patienceMs: 0 });
    } catch {
      return calls;
    }
  }
  return most;
}

const spentDay = new ServiceError({
  kind: 'rateLimit',
  service: 'alpha_vantage',
  reason: 'dailyQuota',
  retryAfterMs: 60_000,
  message: 'no',
});

describe('a quota without its Redis', () => {
  const away: RedisScripts = { run: () => Promise.reject(new Error('away')), close: async () => {} };
  const create = (processes?: number): Quota =>
    createQuota({ perDay: 10, clock: new VirtualClock(), redis: { scripts: away, account: 'a' }, processes });

  it('keeps to half of the limits, so that two processes stay within them', async () => {
    expect(await spend(create())).toBe(5);
  });

  it('keeps to the share of as many processes as there are said to be', async () => {
    expect(await spend(create(3))).toBe(3);
    expect(await spend(create(1))).toBe(10);
  });

  it('still has a call, in more time, where its share is less than one', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perDay: 1, clock, redis: { scripts: away, account: 'a' }, processes: 2 });
    expect(await spend(quota)).toBe(1);
    await clock.advance(86_400_250);
    expect(await spend(quota)).toBe(0);
    await clock.advance(86_400_250);
    expect(await spend(quota)).toBe(1);
  });

  it('remembers a refusal for the day', async () => {
    const quota = create();
    quota.refused(spentDay);
    await expect(quota.acquire()).rejects.toMatchObject({ reason: 'dailyQuota' });
    expect(await quota.usage?.()).toMatchObject({ counted: 'here', hold: { reason: 'dailyQuota' } });
  });
});

it('the address of Redis is checked before anything is opened', () => {
  const refused = expect.objectContaining({ kind: 'configuration', reason: 'invalidSetting' });
  expect(() => connectRedisScripts('http://localhost:6379')).toThrow(refused);
});

describe.skipIf(!redisPresent)('a quota that is counted in Redis (redis-server absent)', () => {
  let server: RedisServer;
  let connections: RedisScripts[] = [];
  const notes: string[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(async () => {
    for (const connection of connections) await connection.close();
    connections = [];
    await server.remove();
  });

  function create(account: string, limits: { perDay?: number; perSecond?: number }): Quota {
    const scripts = connectRedisScripts(server.path);
    connections.push(scripts);
    return createQuota({
      ...limits,
      clock: systemClock,
      redis: { scripts, account },
      monitoring: { logWarn: (text) => notes.push(text), logInfo: (text) => notes.push(text) },
    });
  }

  it('is one for all who use the account, and apart from other accounts', async () => {
    const [one, two, other] = [
      create('one', { perDay: 7 }),
      create('one', { perDay: 7 }),
      create('two', { perDay: 7 }),
    ];
    await Promise.all([one.acquire(), two.acquire()]);
    expect((await spend(one, 3)) + (await spend(two))).toBe(5);
    expect(await spend(one)).toBe(0);
    expect(await spend(other)).toBe(7);
    expect(await one.usage?.()).toMatchObject({ counted: 'together', windows: [{ used: 7, left: 0 }] });
  });

  it('answers all who ask a connection while it is being made', async () => {
    const scripts = connectRedisScripts(server.path);
    connections.push(scripts);
    const asked = [1, 2, 3].map((n) => scripts.run('return ARGV[1]', [], [String(n)]));
    expect(await Promise.all(asked)).toEqual(['1', '2', '3']);
  });

  it('stands behind the prefix of a server that several systems share', async () => {
    const connect = (keyPrefix: string): Quota => {
      const scripts = connectRedisScripts(server.path, { keyPrefix });
      connections.push(scripts);
      return createQuota({ perDay: 3, clock: systemClock, redis: { scripts, account: 'prefixed' } });
    };
    expect(await spend(connect('one:'))).toBe(3);
    expect(await spend(connect('two:'))).toBe(3);
    expect(await spend(connect('one:'))).toBe(0);
  });

  it('tells all of a refusal that one was given, also those that start later', async () => {
    const [one, two] = [create('refused', { perDay: 100 }), create('refused', { perDay: 100 })];
    await two.acquire();
    one.refused(spentDay);
    await one.usage?.();
    await expect(two.acquire()).rejects.toMatchObject({ reason: 'dailyQuota', retryable: false });
    await expect(create('refused', { perDay: 100 }).acquire()).rejects.toMatchObject({ reason: 'dailyQuota' });
  });

  it('falls back to its share when Redis dies, and counts what went meanwhile once it is back', async () => {
    const quota = create('outage', { perDay: 10 });
    await quota.acquire();
    await server.kill();
    notes.length = 0;
    expect(await spend(quota)).toBe(4);
    expect(notes).toEqual(['Redis is away: this process keeps to its share of the quota']);
    await server.start();
    // Redis is left alone for a second after a failure.
    await expect.poll(async () => (await quota.usage?.())?.counted, { timeout: 5000 }).toBe('together');
    // The server came back empty: of the first request nobody knows any more, of the four others we told it.
    expect(await spend(quota)).toBe(6);
    expect(notes.at(-1)).toBe('the quota is counted in Redis again');
  });
});
