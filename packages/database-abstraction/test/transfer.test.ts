import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BarBatchRow, barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { BarBatch, Interval } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import { type BarFileFormat, type BarSelection, barFileFormats, createDatabaseManager } from '../src/index.ts';
import { barFileColumns } from '../src/transfer/bar-file-columns.ts';

vi.setConfig({ testTimeout: 60_000 });

// Braces and stars are patterns to the engine, and a folder like Hive's could replace a column.
const root = await mkdtemp(join(tmpdir(), "transfer {a,b}*? o'clock-"));
const clock = new VirtualClock({ autoAdvance: true });
const dataDirectory = join(root, 'data');
const manage = (database: string): ReturnType<typeof createDatabaseManager> =>
  createDatabaseManager({ clock, clickhouse: { dataDirectory, database } });
const origin = manage('origin');
const copies = barFileFormats.map((format) => ({ format, manager: manage(`copy_${format}`) }));
const managers = [origin, ...copies.map(({ manager }) => manager)];
let engine: EmbeddedEngine;

beforeAll(async () => {
  for (const manager of managers) await manager.runMigrations();
  engine = await EmbeddedEngine.open({ dataDirectory, clock, lockTimeoutMs: 0, command: 'test' });
});

afterAll(async () => {
  await engine.close();
  for (const manager of managers) await manager.close();
  await rm(root, { recursive: true });
});

async function store(batch: BarBatch, acceptedAt: number): Promise<void> {
  await origin.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt });
}

async function exported(selection: BarSelection, format: BarFileFormat, directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const partition of await origin.transfer.partitions(selection)) {
    files.push((await origin.transfer.exportPartition(partition, selection, { directory, format })).path);
  }
  return files;
}

/** Everything that a database holds of a symbol, every column, every version. */
async function everything(database: string, symbol: string): Promise<unknown[]> {
  return await engine.rows(`SELECT * FROM ${database}.bars WHERE symbol = {symbol:String} ORDER BY ALL`, { symbol });
}

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.stringMatching(/^\d{0,18}$/))
  .map(([whole, fraction]) => (fraction === '' ? `${whole}` : `${whole}.${fraction}`));

const start = Date.UTC(2023, 11, 29, 14, 30);

function history(interval: Interval): fc.Arbitrary<{ rows: BarBatchRow[]; acceptedAt: number; volume: boolean }[]> {
  const step = interval === 'daily' ? 86_400_000 : 300_000;
  const row = fc.record({
    close: decimal,
    high: decimal,
    qualityScore: fc.integer({ min: 0, max: 100 }),
    volume: decimal,
  });
  return fc
    .array(
      fc.record({
        bars: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 500 }), row), {
          selector: ([at]) => at,
          minLength: 1,
          maxLength: 12,
        }),
        acceptedAt: fc.integer({ min: start, max: start + 5 }),
        volume: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((batches) =>
      batches.map(({ bars, acceptedAt, volume }) => ({
        acceptedAt,
        volume,
        rows: bars
          .sort(([a], [b]) => a - b)
          .map(([at, { volume: amount, ...values }]) => ({
            ...values,
            openTime: start + at * step,
            ...(volume ? { volume: amount } : {}),
          })),
      })),
    );
}

describe('export and import', () => {
  it('give another database the same rows in every format, all versions and columns of them, and twice adds nothing', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom<Interval>('5min', 'daily')
          .chain((interval) => history(interval).map((batches) => ({ interval, batches }))),
        async ({ interval, batches }) => {
          const symbol = `^P/${run++}`;
          for (const { rows, acceptedAt } of batches) await store(barBatch({ symbol, interval, rows }), acceptedAt);
          const expected = await everything('origin', symbol);
          for (const { format, manager } of copies) {
            const out = join(root, `property-${symbol.replace('/', '')}-${format}`);
            const files = await exported({ interval, symbol, allVersions: true }, format, out);
            let stored = 0;
            for (const file of files) stored += (await manager.transfer.importFile(file)).stored;
            expect(stored).toBe(expected.length);
            expect(await everything(`copy_${format}`, symbol)).toEqual(expected);
            for (const file of [...files].reverse()) {
              const again = await manager.transfer.importFile(file);
              expect(again).toEqual({ bars: again.bars, stored: 0, unchanged: again.bars });
            }
            for (const file of files) expect(await origin.transfer.importFile(file)).toMatchObject({ stored: 0 });
            expect(await everything(`copy_${format}`, symbol)).toEqual(expected);
          }
          expect(await everything('origin', symbol)).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('have every column that the table has', async () => {
    const columns = await engine.rows<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = 'origin' AND table = 'bars'",
    );
    expect(barFileColumns.map(({ name }) => name).toSorted()).toEqual(columns.map(({ name }) => name).toSorted());
  });
});
