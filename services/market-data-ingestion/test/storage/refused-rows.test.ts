import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@quantumtrade/core-defaults';
import { barBatch } from '@quantumtrade/core-testing';
import { createDatabaseManager } from '@quantumtrade/database-abstraction';
import type { SpooledBatch } from '@quantumtrade/shared-types';
import { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BatchWriter } from '../../src/storage/batch-writer.ts';
import { isRefusal } from '../../src/storage/store-bars.ts';

vi.setConfig({ testTimeout: 30_000 });

const directory = await mkdtemp(join(tmpdir(), 'refused-'));
const manager = createDatabaseManager({ clock: systemClock, clickhouse: { dataDirectory: directory } });
/** Past the store, as an administrator. */
const sql = (statement: string): string => new Session(join(directory, 'clickhouse')).query(statement, 'TSV').trim();

beforeAll(async () => {
  await manager.runMigrations();
  sql("ALTER TABLE market_data.bars ADD CONSTRAINT no_thirteen CHECK close != toDecimal128('13', 18)");
});

afterAll(async () => {
  await manager.close();
  await rm(directory, { recursive: true });
});

function batchOf(symbol: string, closes: readonly string[]): SpooledBatch {
  const rows = closes.map((close, i) => ({ openTime: i * 86_400_000, close }));
  return {
    identity: { batchId: randomUUID(), acceptedAt: systemClock.now() },
    accepted: barBatch({ symbol, rows }),
    quarantined: [],
  };
}

describe('a constraint of the engine that some rows violate', () => {
  it('quarantines those rows and stores the others once, however often the batch is written', async () => {
    const closes = Array.from({ length: 60 }, (_, i) => (i === 7 || i === 40 ? '13' : String(20 + i)));
    const batch = batchOf('POISON', closes);
    const outcome = { stored: 58, unchanged: 0, refused: 2 };
    expect(await new BatchWriter({ store: manager.clickhouse }).write(batch)).toEqual(outcome);
    expect(await new BatchWriter({ store: manager.clickhouse }).write(batch)).toEqual(outcome);
    expect(sql("SELECT count(), uniqExact(open_time) FROM market_data.bars WHERE symbol = 'POISON'")).toBe('58\t58');
    expect(await manager.clickhouse.getQuarantine({ symbol: 'POISON' })).toMatchObject([
      { label: '1970-01-08', values: { close: '13' }, brokenRules: ['refusedByStore'] },
      { label: '1970-02-10', values: { close: '13' }, brokenRules: ['refusedByStore'] },
    ]);
  });

  it('is no reason to quarantine a batch of which no row is taken', async () => {
    const batch = batchOf(
      'ALL',
      Array.from({ length: 40 }, () => '13'),
    );
    const failure = await new BatchWriter({ store: manager.clickhouse }).write(batch).catch((error: unknown) => error);
    expect(isRefusal(failure)).toBe(true);
    expect(await manager.clickhouse.getQuarantine({ symbol: 'ALL' })).toEqual([]);
  });
});

describe('a table that is missing', () => {
  it('is the failure of the store, and no row is taken for unfit', async () => {
    sql('RENAME TABLE market_data.bars TO market_data.elsewhere');
    try {
      const batch = batchOf(
        'MISSING',
        Array.from({ length: 100 }, (_, i) => String(20 + i)),
      );
      const failure = await new BatchWriter({ store: manager.clickhouse })
        .write(batch)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'database' });
      expect(await manager.clickhouse.getQuarantine({ symbol: 'MISSING' })).toEqual([]);
    } finally {
      sql('RENAME TABLE market_data.elsewhere TO market_data.bars');
    }
  });
});
