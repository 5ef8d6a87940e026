import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront, startFaultProxy } from '@quantumtrade/clickhouse-front';
import { barBatch, coverageReaderSuite, marketDataStoreSuite, VirtualClock } from '@quantumtrade/core-testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

// An engine is begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const directory = await mkdtemp(join(tmpdir(), 'clickhouse-cluster-'));
const clock = new VirtualClock({ autoAdvance: true });
let front: ClickHouseFront;
let manager: DatabaseManager;

beforeAll(async () => {
  front = await startClickHouseFront({ directory, cluster: 'main' });
  manager = createDatabaseManager({ clock, clickhouse: { url: front.url, cluster: 'main' } });
  await manager.runMigrations();
});
afterAll(async () => {
  await manager.close();
  await front.close();
  await rm(directory, { recursive: true });
});

async function ask(sql: string): Promise<string> {
  return (await fetch(front.url, { method: 'POST', body: sql })).text();
}

describe('a cluster (of one node: replication needs a Keeper)', () => {
  marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: manager.clickhouse }) });

  coverageReaderSuite(
    { describe, it, expect },
    {
      create: async () => ({
        subject: {
          reader: manager.coverage,
          store: manager.clickhouse,
          deleteBars: async ({ symbol, interval }, openTimes) => {
            const instants = openTimes.map((openTime) => `fromUnixTimestamp64Milli(${openTime}, 'UTC')`).join(', ');
            await ask(
              `ALTER TABLE market_data.bars_local DELETE WHERE symbol = '${symbol}' AND interval = '${interval}'
               AND open_time IN (${instants}) SETTINGS mutations_sync = 2`,
            );
          },
        },
      }),
    },
  );

  it('is read and written through distributed tables over local ones', async () => {
    const engines = await ask(
      "SELECT name, engine FROM system.tables WHERE database = 'market_data' AND name LIKE 'bars%' ORDER BY name",
    );
    expect(engines).toBe('bars\tDistributed\nbars_local\tMergeTree\n');
  });

  it('migrates again without changing anything', async () => {
    expect((await manager.runMigrations()).filter(({ appliedNow }) => appliedNow)).toEqual([]);
  });

  it('keeps a batch once whose insert was stored and not answered', async () => {
    const proxy = await startFaultProxy(front.url);
    const through = createDatabaseManager({ clock, clickhouse: { url: proxy.url, cluster: 'main' } });
    await through.connect();
    let left = 3;
    proxy.script(({ sql }) => (sql.startsWith('INSERT') && left-- > 0 ? { fault: 'applyThenReset' } : undefined));
    const batch = barBatch({ symbol: 'SPREAD', rows: [{ openTime: '2024-01-02T14:30:00Z', close: '10' }] });
    const identity = { batchId: randomUUID(), acceptedAt: clock.now() };
    expect(await through.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 1, unchanged: 0 });
    expect(proxy.requests.filter(({ sql }) => sql.startsWith('INSERT'))).toHaveLength(4);
    expect(await ask("SELECT count() FROM market_data.bars_local WHERE symbol = 'SPREAD'")).toBe('1\n');
    await through.close();
    await proxy.close();
  });

  it('is maintained on the tables of its nodes', async () => {
    for (const openTime of ['2024-01-02T14:30:00Z', '2026-11-20T14:30:00Z']) {
      const batch = barBatch({ symbol: 'KEPT', interval: '30min', rows: [{ openTime, close: '10' }] });
      await manager.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt: clock.now() });
    }
    const rule = { table: 'bars', interval: '30min', before: Date.parse('2026-01-01T00:00Z') } as const;
    expect(await manager.maintenance.retain([rule])).toEqual([{ table: 'bars', interval: '30min', rows: 1 }]);
    // A server deletes after it has answered.
    await expect
      .poll(() => ask("SELECT toDate(open_time) FROM market_data.bars WHERE symbol = 'KEPT'"))
      .toBe('2026-11-20\n');
    expect((await manager.maintenance.optimise()).map(({ table }) => table)).toEqual(['bars', 'quarantine', 'batches']);
  });
});
