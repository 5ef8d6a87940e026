import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { Interval } from '@quantumtrade/shared-types';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

const directory = await mkdtemp(join(tmpdir(), 'maintenance-'));
const clock = new VirtualClock({ start: Date.parse('2026-11-21T08:00Z'), autoAdvance: true });
const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: directory } });
await manager.runMigrations();
afterAll(async () => {
  await manager.close();
  await rm(directory, { recursive: true });
});

async function store(to: DatabaseManager, symbol: string, interval: Interval, openTime: string): Promise<void> {
  const batch = barBatch({ symbol, interval, rows: [{ openTime, close: '10' }] });
  await to.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt: clock.now() });
}

async function stored(from: DatabaseManager, symbol: string, interval: Interval): Promise<string[]> {
  const series = { symbol, interval, source: 'fake', adjustment: 'raw' } as const;
  const bars = await from.clickhouse.getMarketData(series);
  return bars.map(({ openTime }) => openTime.toUTC().toISODate() ?? '');
}

describe('maintenance of the embedded engine', () => {
  it('deletes what is older than its rule says, and nothing else', async () => {
    for (const date of ['2024-01-02', '2026-11-20']) {
      await store(manager, 'OLD', '5min', `${date}T14:30:00Z`);
      await store(manager, 'OLD', '1min', `${date}T14:30:00Z`);
    }
    const before = Date.parse('2026-01-01T00:00Z');
    const rules = [
      { table: 'bars', interval: '1min', before },
      { table: 'batches', before },
    ] as const;
    expect(await manager.maintenance.retain(rules)).toEqual([
      { table: 'bars', interval: '1min', rows: 1 },
      { table: 'batches', interval: undefined, rows: 0 },
    ]);
    expect(await stored(manager, 'OLD', '1min')).toEqual(['2026-11-20']);
    expect(await stored(manager, 'OLD', '5min')).toEqual(['2024-01-02', '2026-11-20']);
    expect(await manager.maintenance.retain(rules)).toMatchObject([{ rows: 0 }, { rows: 0 }]);
  });

  it('keeps a bar that opens at the very instant', async () => {
    await store(manager, 'EDGE', '5min', '2024-01-02T14:30:00Z');
    await manager.maintenance.retain([{ table: 'bars', interval: '5min', before: Date.parse('2024-01-02T14:30Z') }]);
    expect(await stored(manager, 'EDGE', '5min')).toEqual(['2024-01-02']);
  });

  it('deletes what a batch on its way would have been compared with, so that its bars are stored again', async () => {
    const openTime = Date.parse('2024-01-02T14:30:00Z');
    const batch = barBatch({ symbol: 'AWAY', interval: '5min', rows: [{ openTime, close: '10' }] });
    await store(manager, 'AWAY', '5min', '2024-01-02T14:30:00Z');
    const identity = { batchId: randomUUID(), acceptedAt: clock.now() };
    manager.clickhouse.announce?.(batch.series, identity, { first: openTime, last: openTime });
    await manager.maintenance.retain([{ table: 'bars', interval: '5min', before: openTime + 1 }]);
    expect(await manager.clickhouse.insertMarketData(batch, identity)).toEqual({ stored: 1, unchanged: 0 });
    expect(await stored(manager, 'AWAY', '5min')).toEqual(['2024-01-02']);
  });

  it('merges the parts of tables without changing what is read', async () => {
    for (let day = 10; day < 20; day++) await store(manager, 'PARTS', 'daily', `2024-01-${day}T05:00:00Z`);
    const before = await stored(manager, 'PARTS', 'daily');
    const [bars, ...others] = await manager.maintenance.optimise();
    expect(bars?.table).toBe('bars');
    // Mostly one or two of the ten and more; half a dozen where a merge of the engine's own was under way, after which it sees
    // no need for another one.
    expect(bars?.partsAfter).toBeLessThan(10);
    expect(bars?.partsAfter).toBeLessThanOrEqual(bars?.partsBefore ?? 0);
    expect(others.map(({ table }) => table)).toEqual(['quarantine', 'batches']);
    expect(await stored(manager, 'PARTS', 'daily')).toEqual(before);
    expect(before).toHaveLength(10);
  });

  it('ends between two steps when its signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await store(manager, 'SIGNAL', 'daily', '2024-01-10T05:00:00Z');
    await store(manager, 'SIGNAL', 'daily', '2024-01-11T05:00:00Z');
    await expect(manager.maintenance.retain([{ table: 'bars', before: 0 }], { signal })).rejects.toThrow();
  });

  it('clears old temporary files away and leaves young and other ones', async () => {
    const before = Date.parse('2026-11-20T00:00Z');
    const file = async (path: string, touched: string): Promise<string> => {
      await writeFile(join(directory, path), 'x'.repeat(100));
      await utimes(join(directory, path), new Date(touched), new Date(touched));
      return join(directory, path);
    };
    const old = [
      await file(`staging/${randomUUID()}.native`, '2026-11-19T00:00Z'),
      await file(`.bars.csv.${randomUUID()}.tmp`, '2026-11-19T00:00Z'),
    ];
    const kept = [
      await file(`staging/${randomUUID()}.native`, '2026-11-21T00:00Z'),
      await file('notes.tmp', '2020-01-01T00:00Z'),
      await file(`.bars.csv.${randomUUID()}.csv`, '2020-01-01T00:00Z'),
    ];
    const report = await manager.maintenance.cleanUp({ before });
    expect(report.files).toBe(2);
    expect(report.bytes).toBeGreaterThanOrEqual(200);
    expect(old.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => existsSync(path))).toEqual(kept);
  });

  it('gives back what SQLite files do not need, and passes over one that others are busy with', async () => {
    const path = join(directory, 'grown.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
    database.exec(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT hex(zeroblob(500)) FROM n',
    );
    database.exec('DELETE FROM t; BEGIN IMMEDIATE');
    expect((await manager.maintenance.cleanUp({ before: 0 })).bytes).toBe(0);
    database.exec('COMMIT');
    expect((await manager.maintenance.cleanUp({ before: 0 })).bytes).toBeGreaterThan(500_000);
    database.close();
  });
});
