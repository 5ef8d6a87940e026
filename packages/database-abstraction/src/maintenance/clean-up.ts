import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface CleanUpReport {
  /** Temporary files that were removed. */
  readonly files: number;
  /** Bytes that the removed files and the shrunk ones gave back. */
  readonly bytes: number;
}

/** What an interrupted export or insert leaves: in the directory of insert files, and of names that only we make. */
const temporaryName = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Removes old temporary files of a data directory and shrinks its SQLite files. Never throws. */
export async function cleanUpDirectory(directory: string, before: number): Promise<CleanUpReport> {
  const names = await namesIn(directory);
  const staging = join(directory, 'staging');
  const temporary = [
    ...(await namesIn(staging)).map((name) => join(staging, name)),
    ...names.filter((name) => temporaryName.test(name)).map((name) => join(directory, name)),
  ];
  const removed = await Promise.all(temporary.map((path) => removeIfOld(path, before)));
  // The lock is a file that is held, not one that is filled.
  const databases = names.filter((name) => name.endsWith('.db') && name !== 'lock.db');
  let freed = 0;
  for (const name of databases) freed += await shrink(join(directory, name));
  const gone = removed.filter((bytes) => bytes !== undefined);
  return { files: gone.length, bytes: gone.reduce((sum, bytes) => sum + bytes, freed) };
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}

/** The size of a file that was removed; `undefined` for one that is young, gone or not a file. */
async function removeIfOld(path: string, before: number): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.mtimeMs >= before) return undefined;
    await rm(path);
    return found.size;
  } catch {
    return undefined;
  }
}

/** Writes a log of SQLite's back and cuts what is free off the file; a file that others are busy with waits. */
async function shrink(path: string): Promise<number> {
  const before = await sizeOf(path);
  try {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
  } catch {
    return 0;
  }
  return Math.max(0, before - (await sizeOf(path)));
}

async function sizeOf(path: string): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
