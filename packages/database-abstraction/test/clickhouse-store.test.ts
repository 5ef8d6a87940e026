import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  barBatch,
  cacheSuite,
  InMemoryMarketDataStore,
  marketDataStoreSuite,
  VirtualClock,
} from '@quantumtrade/core-testing';
import type { InsertOutcome } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager, InProcessCache } from '../src/index.ts';

// The quotes and the space show that the path is nowhere pasted into SQL as it is.
const directory = await mkdtemp(join(tmpdir(), "market data o'clock-"));
const clock = new VirtualClock({ autoAdvance: true });
const manager: DatabaseManager = createDatabaseManager({ clock, clickhouse: { dataDirectory: directory } });

beforeAll(async () => {
  await manager.runMigrations();
});

afterAll(async () => {
  await manager.close();
  await rm(directory, { recursive: true });
});

describe('embedded ClickHouse', () => {
  marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: manager.clickhouse }) });

  it('stores a bar once when its first insert was given up half-way and a second one follows at once', async () => {
    const caller = new AbortController();
    const batch = barBatch({ symbol: 'GIVENUP', rows: [{ openTime: '2024-01-02T14:30:00Z', close: '10' }] });
    const insert = (batchId: string, signal?: AbortSignal): Promise<InsertOutcome> =>
      manager.clickhouse.insertMarketData(batch, { batchId, acceptedAt: clock.now() }, { signal });
    const first = insert(randomUUID(), caller.signal);
    const staged = watch(join(directory, 'staging')).once('change', () => caller.abort('enough'));
    await first.catch(() => {});
    staged.close();
    expect(await insert(randomUUID())).toEqual({ stored: 0, unchanged: 1 });
  });

  it('leaves no file behind that it staged', async () => {
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
  });

  it('is healthy and says that it is embedded', async () => {
    const check = manager.healthChecks.find(({ name }) => name === 'clickhouse');
    const report = await check?.check({ signal: new AbortController().signal });
    expect(report).toEqual({ status: 'healthy', message: '', implementation: 'embedded' });
  });
});

describe('the store in memory', () => {
  const store = new InMemoryMarketDataStore();
  marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: store }) });
});

describe('the cache in this process', () => {
  cacheSuite(
    { describe, it, expect },
    {
      create: async () => {
        const time = new VirtualClock();
        return {
          subject: new InProcessCache({ clock: time, defaultTtlSeconds: 3600, maxEntries: 100 }),
          advance: (milliseconds) => time.advance(milliseconds),
        };
      },
    },
  );

  it('keeps no more entries than it may, and forgets the one used longest ago', async () => {
    const cache = new InProcessCache({ clock: new VirtualClock(), defaultTtlSeconds: 60, maxEntries: 2 });
    await cache.cacheSet('a', '1');
    await cache.cacheSet('b', '2');
    await cache.cacheGet('a');
    await cache.cacheSet('c', '3');
    expect([await cache.cacheGet('a'), await cache.cacheGet('b'), await cache.cacheGet('c')]).toEqual([
      '1',
      undefined,
      '3',
    ]);
  });
});
