import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { ComponentReport } from '@quantumtrade/core-traits';
import { afterAll, expect, it } from 'vitest';
import { createDatabaseManager } from '../src/index.ts';

const directory = await mkdtemp(join(tmpdir(), 'damaged-'));
afterAll(() => rm(directory, { recursive: true }));

/** Opens the directory, stores a bar where one is given, and asks how the database is. */
async function health(close?: string): Promise<ComponentReport | undefined> {
  const manager = createDatabaseManager({
    clock: new VirtualClock({ autoAdvance: true }),
    clickhouse: { dataDirectory: directory },
  });
  try {
    await manager.runMigrations();
    if (close !== undefined) {
      const batch = barBatch({ rows: [{ openTime: '2024-01-02T05:00:00Z', close }] });
      await manager.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt: 1000 });
    }
    const check = manager.healthChecks.find(({ name }) => name === 'clickhouse');
    return await check?.check({ signal: new AbortController().signal });
  } finally {
    await manager.close();
  }
}

it('is degraded once the engine has set a damaged part aside, of which it says nothing itself', async () => {
  expect(await health('1')).toEqual({ status: 'healthy', message: '', implementation: 'embedded' });
  // Of whichever table it is, it is told.
  const file = (await readdir(directory, { recursive: true })).find((path) => path.endsWith('data.bin'));
  await truncate(join(directory, file ?? 'no part was written'), 10);
  expect(await health()).toEqual({
    status: 'degraded',
    message: '1 damaged part of a table was set aside with the rows in it: restore a backup, see docs/failures/disk.md',
    implementation: 'embedded',
  });
});
