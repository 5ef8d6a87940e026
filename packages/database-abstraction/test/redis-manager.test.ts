import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@quantumtrade/core-testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDatabaseManager, type DatabaseManager, type DatabaseManagerOptions } from '../src/index.ts';
import { freePort, hasRedisServer, startRedisServer } from './support/redis-server.ts';

const directory = await mkdtemp(join(tmpdir(), 'redis-manager-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

async function managerWith(redis: DatabaseManagerOptions['redis']): Promise<DatabaseManager> {
  const clock = new VirtualClock({ autoAdvance: true });
  const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: directory }, redis });
  onTestFinished(() => manager.close());
  await manager.runMigrations();
  return manager;
}

async function cacheHealth(manager: DatabaseManager): Promise<unknown> {
  return await manager.healthChecks
    .find(({ name }) => name === 'redis')
    ?.check({ signal: new AbortController().signal });
}

describe('a database manager with the address of a Redis server', () => {
  it('starts without the server and says so', async () => {
    const manager = await managerWith({ url: `redis://127.0.0.1:${await freePort()}` });
    expect(await cacheHealth(manager)).toMatchObject({ status: 'degraded', implementation: 'server' });
    await expect(manager.redis.cacheGet('a')).rejects.toMatchObject({ reason: 'cacheUnavailable' });
  });

  it.skipIf(!hasRedisServer)(
    'caches there and ends its connection when it is closed (needs redis-server)',
    async () => {
      const server = await startRedisServer();
      onTestFinished(() => server.close());
      const manager = await managerWith({ url: server.url, keyPrefix: 'app:' });
      await manager.redis.cacheSet('a', '1');
      expect(await server.ask('GET', 'app:a')).toBe('1');
      expect(await cacheHealth(manager)).toEqual({ status: 'healthy', message: '', implementation: 'server' });
      await manager.close();
      await expect.poll(() => server.connections()).toEqual([]);
    },
  );

  it.skipIf(!hasRedisServer)('keeps no connection when ClickHouse cannot be opened (needs redis-server)', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.close());
    const manager = createDatabaseManager({
      clock: new VirtualClock({ autoAdvance: true }),
      clickhouse: { dataDirectory: '/dev/null/nowhere' },
      redis: { url: server.url },
    });
    await expect(manager.connect()).rejects.toMatchObject({ kind: 'configuration' });
    await expect.poll(() => server.connections()).toEqual([]);
  });

  it('refuses an address that is none', () => {
    expect(() =>
      createDatabaseManager({
        clock: new VirtualClock(),
        clickhouse: { dataDirectory: directory },
        redis: { url: 'http://cache' },
      }),
    ).toThrow(expect.objectContaining({ kind: 'configuration', reason: 'invalidSetting' }));
  });
});
