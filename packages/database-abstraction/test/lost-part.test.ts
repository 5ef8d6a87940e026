import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { QuarantinedBar, Series } from '@quantumtrade/shared-types';
import { afterAll, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

const directory = await mkdtemp(join(tmpdir(), 'lost-part-'));
afterAll(() => rm(directory, { recursive: true }));

const series: Series = { symbol: 'LOST', interval: 'daily', source: 'test', adjustment: 'raw' };
const identity = { batchId: randomUUID(), acceptedAt: 1000 };
const batch = barBatch({ ...series, rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] });
const rejected: QuarantinedBar = { label: '2024-01-03', values: {}, qualityScore: 0, brokenRules: ['x'] };

async function opened<T>(work: (manager: DatabaseManager) => Promise<T>): Promise<T> {
  const clock = new VirtualClock({ autoAdvance: true });
  const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: directory } });
  try {
    await manager.runMigrations();
    return await work(manager);
  } finally {
    await manager.close();
  }
}

async function store({ clickhouse }: DatabaseManager): Promise<unknown> {
  await clickhouse.insertQuarantine(series, [rejected], identity);
  return await clickhouse.insertMarketData(batch, identity);
}

it('a batch is stored again whose part a crash took, although the engine has heard of it', async () => {
  expect(await opened(store)).toEqual({ stored: 1, unchanged: 0 });
  // The engine writes down that it has had an insert before the insert's part has its name. A process that is killed in
  // between leaves the one without the other.
  const files = await readdir(join(directory, 'clickhouse'), { recursive: true });
  const logs = files.filter((path) => path.includes('deduplication_logs'));
  for (const table of new Set(logs.map((log) => dirname(dirname(log))))) {
    const parts = files.filter((path) => dirname(path) === table && path.includes('all_'));
    for (const part of parts) await rm(join(directory, 'clickhouse', part), { recursive: true, force: true });
  }
  const again = await opened(async (manager) => {
    const before = await manager.clickhouse.getStoredBars(series);
    const outcome = await store(manager);
    const [bars, quarantine] = [
      await manager.clickhouse.getStoredBars(series),
      await manager.clickhouse.getQuarantine(),
    ];
    return { before, outcome, bars: bars.map(({ close }) => close), quarantine: quarantine.map(({ label }) => label) };
  });
  expect(again).toEqual({
    before: [],
    outcome: { stored: 1, unchanged: 0 },
    bars: ['1'],
    quarantine: ['2024-01-03'],
  });
});
