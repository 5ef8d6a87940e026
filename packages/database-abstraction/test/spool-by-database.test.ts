import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import { afterAll, expect, it } from 'vitest';
import { createDatabaseManager } from '../src/index.ts';

const dataDirectory = await mkdtemp(join(tmpdir(), 'spool-by-database-'));

afterAll(async () => {
  await rm(dataDirectory, { recursive: true });
});

it('two databases in one directory have a spool each, so that nothing is replayed into the other', async () => {
  const managerOf = (database?: string) =>
    createDatabaseManager({ clock: new VirtualClock(), clickhouse: { dataDirectory, database } });
  const [usual, other] = [managerOf(), managerOf('other')];
  await Promise.all([usual.spool.open(), other.spool.open()]);
  try {
    const accepted = barBatch({ rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }] });
    await usual.spool.append({ identity: { batchId: 'a', acceptedAt: 1 }, accepted, quarantined: [] });
    expect((await usual.spool.stats()).entries).toBe(1);
    expect((await other.spool.stats()).entries).toBe(0);
    expect(await Promise.all([usual.spool.claimReplay(), other.spool.claimReplay()])).toEqual([true, true]);
  } finally {
    await Promise.all([usual.close(), other.close()]);
  }
});
