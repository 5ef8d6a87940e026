import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { StoredBar } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { backUpDataDirectory, createDatabaseManager, restoreDataDirectory } from '../src/index.ts';

vi.setConfig({ testTimeout: 60_000 });

const root = await mkdtemp(join(tmpdir(), 'backup-'));
const clock = new VirtualClock({ autoAdvance: true });
const series = { symbol: 'KEPT', interval: 'daily', source: 'fake', adjustment: 'raw' } as const;

/** Stores what is given, and gives what is stored then. */
async function bars(dataDirectory: string, ...closes: string[]): Promise<StoredBar[]> {
  const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory } });
  try {
    await manager.runMigrations();
    for (const [day, close] of closes.entries()) {
      const batch = barBatch({ symbol: 'KEPT', rows: [{ openTime: Date.UTC(2024, 0, 2 + day, 5), close }] });
      await manager.clickhouse.insertMarketData(batch, { batchId: randomUUID(), acceptedAt: 1000 + day });
    }
    return await manager.clickhouse.getStoredBars(series);
  } finally {
    await manager.close();
  }
}

const original = join(root, 'original');
const backup = join(root, 'backups', 'first');
let stored: StoredBar[];
let spool: DatabaseSync;

beforeAll(async () => {
  stored = await bars(original, '1.5', '2.5', '1.75');
  // A spool whose last entry is still in SQLite's log, as after the sudden end of its process.
  spool = new DatabaseSync(join(original, 'spool.db'));
  spool.exec("PRAGMA journal_mode = WAL; CREATE TABLE sudden (body TEXT); INSERT INTO sudden VALUES ('waiting')");
  await backUpDataDirectory({ dataDirectory: original, out: backup, clock });
});

afterAll(async () => {
  spool.close();
  await rm(root, { recursive: true });
});

let target: string;
beforeEach(() => {
  target = join(root, randomUUID());
});

const restore = (from: string, force?: boolean): ReturnType<typeof restoreDataDirectory> =>
  restoreDataDirectory({ from, dataDirectory: target, clock, force });

async function changed(change: (copy: string) => Promise<void>): Promise<string> {
  const copy = join(root, randomUUID());
  await cp(backup, copy, { recursive: true, verbatimSymlinks: true });
  await change(copy);
  return copy;
}

async function dataFile(copy: string, name: RegExp): Promise<string> {
  const found = (await readdir(join(copy, 'data'), { recursive: true })).find((path) => name.test(path));
  return join(copy, 'data', found as string);
}

describe('a backup', () => {
  it('brings the same rows back after the data directory was destroyed, and can be collected into again', async () => {
    const report = await restore(backup);
    expect(await bars(target)).toEqual(stored);
    expect(report.files).toBeGreaterThan(10);
    expect(await bars(target, '9')).toHaveLength(3);
    expect((await readdir(root)).filter((name) => /restored|before-restore|tmp/.test(name))).toEqual([]);
  });

  it('holds the spool with what only its log had, and nothing of the lock', async () => {
    await restore(backup);
    const database = new DatabaseSync(join(target, 'spool.db'));
    expect(database.prepare('SELECT body FROM sudden').all()).toEqual([{ body: 'waiting' }]);
    database.close();
    expect(await readdir(join(backup, 'data'))).toEqual(['clickhouse', 'spool.db']);
  });

  it('is refused where there is something already, inside the data directory, and of none', async () => {
    const refused = async (dataDirectory: string, out: string): Promise<unknown> =>
      await backUpDataDirectory({ dataDirectory, out, clock }).catch((error: unknown) => error);
    expect(await refused(original, backup)).toMatchObject({ reason: 'outputUnusable' });
    expect(await refused(original, join(original, 'backup'))).toMatchObject({ reason: 'outputUnusable' });
    expect(await refused(join(root, 'none'), join(root, 'out'))).toMatchObject({ reason: 'nothingToBackUp' });
  });

  it('is refused while the engine uses the data directory', async () => {
    const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: target } });
    await manager.runMigrations();
    const busy = backUpDataDirectory({ dataDirectory: target, out: join(root, 'busy'), clock });
    await expect(busy).rejects.toMatchObject({ kind: 'configuration', reason: 'directoryLocked' });
    await manager.close();
  });

  it('that is interrupted leaves nothing behind, and lets go of the lock', async () => {
    const stop = new AbortController();
    const out = join(root, 'stopped', 'backup');
    const begun = backUpDataDirectory({
      dataDirectory: original,
      out,
      clock,
      signal: stop.signal,
      onFile: () => stop.abort(new Error('enough')),
    });
    await expect(begun).rejects.toThrow('enough');
    expect(await readdir(join(root, 'stopped'))).toEqual([]);
    await expect(stat(join(original, 'holder.json'))).rejects.toThrow();
  });
});

describe('a restore', () => {
  it.each<[string, (copy: string) => Promise<void>, string]>([
    [
      'a flipped byte in a file',
      async (copy) => await flip(await dataFile(copy, /data\.bin$/), 20),
      'data.bin is not what',
    ],
    ['a flipped byte in its manifest', (copy) => flip(join(copy, 'manifest.json'), 200), 'manifest.json is'],
    ['a file cut off', async (copy) => await writeFile(await dataFile(copy, /data\.bin$/), ''), 'data.bin is not what'],
    ['a file missing', async (copy) => await rm(await dataFile(copy, /data\.bin$/)), 'data.bin is missing'],
    ['a file too many', async (copy) => await writeFile(join(copy, 'data', 'more'), ''), 'more is none that'],
    ['no manifest', async (copy) => await rm(join(copy, 'manifest.json')), 'no readable manifest.json'],
    ['no data', async (copy) => await rm(join(copy, 'data'), { recursive: true }), 'data cannot be read'],
  ])('refuses a backup with %s, and touches nothing', async (_name, change, message) => {
    const error = await restore(await changed(change)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'configuration', reason: 'backupDamaged' });
    expect((error as Error).message).toContain(message);
    await expect(stat(target)).rejects.toThrow();
  });

  it('refuses a data directory that is not empty, and replaces it when forced to', async () => {
    await bars(target, '7', '8');
    await expect(restore(backup)).rejects.toMatchObject({ kind: 'configuration', reason: 'restoreTargetNotEmpty' });
    expect((await bars(target)).map(({ close }) => close)).toEqual(['7', '8']);
    await restore(backup, true);
    expect(await bars(target)).toEqual(stored);
  });

  it('leaves what was there when it is interrupted', async () => {
    await bars(target, '7');
    const stop = new AbortController();
    const begun = restoreDataDirectory({
      from: backup,
      dataDirectory: target,
      clock,
      force: true,
      signal: stop.signal,
      onFile: (_file, done) => {
        if (done === 3) stop.abort(new Error('enough'));
      },
    });
    await expect(begun).rejects.toThrow('enough');
    expect((await bars(target)).map(({ close }) => close)).toEqual(['7']);
    expect((await readdir(root)).filter((name) => /restored|before-restore/.test(name))).toEqual([]);
  });

  it('is refused while the data directory is in use', async () => {
    const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: target } });
    await manager.runMigrations();
    await expect(restore(backup, true)).rejects.toMatchObject({ reason: 'directoryLocked' });
    await manager.close();
  });

  it('makes the directory with the parents it lacks', async () => {
    target = join(target, 'one', 'two');
    await restore(backup);
    expect(await bars(target)).toEqual(stored);
  });
});

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  const index = Math.min(at, bytes.length - 1);
  bytes[index] = (bytes[index] as number) ^ 1;
  await writeFile(path, bytes);
}
