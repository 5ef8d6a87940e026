import { randomUUID } from 'node:crypto';
import { mkdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { DataDirectory } from '../engine/data-directory.ts';
import { makeDirectory } from '../engine/make-directory.ts';
import { type BackupFile, backupDataName, listTree, manifestName, manifestText } from './backup-manifest.ts';
import { copyAndHash } from './copy-and-hash.ts';
import { reasonOf } from './invalid-bar-file.ts';
import { isOwnedByLock } from './lock-files.ts';

export interface BackupOptions {
  /** The data directory. Nobody else may be using it: its lock is taken, and the engine must be closed. */
  readonly dataDirectory: string;
  /** A directory that is not there yet. */
  readonly out: string;
  readonly clock: Clock;
  /** How long to wait for another process to let go of the data directory, in milliseconds. @default 5000 */
  readonly lockTimeoutMs?: number | undefined;
  /** What another process is told about this one. @default 'market data backup' */
  readonly command?: string | undefined;
  /** Told about each file that was copied. */
  readonly onFile?: ((file: BackupFile, done: number, total: number) => void) | undefined;
  /** Ends the backup between two files; nothing is left behind then. */
  readonly signal?: AbortSignal | undefined;
}

/** What a backup or a restore consists of. */
export interface BackupReport {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies a data directory while its lock is held, so that the copy is of one moment, with a checksum of every file.
 * SQLite files are copied by SQLite. The backup appears under its name when it is whole and on the disk.
 *
 * @throws ServiceError of kind `configuration`: `directoryLocked`, `directoryUnusable`, `nothingToBackUp`, or
 * `outputUnusable` when the backup cannot be written; an abort's reason.
 */
export async function backUpDataDirectory(options: BackupOptions): Promise<BackupReport> {
  const source = resolve(options.dataDirectory);
  const out = resolve(options.out);
  await refuseUse(source, out);
  const directory = await DataDirectory.acquire({
    path: source,
    clock: options.clock,
    lockTimeoutMs: options.lockTimeoutMs ?? 5000,
    command: options.command ?? 'market data backup',
  });
  const temporary = join(dirname(out), `.${basename(out)}.${randomUUID()}.tmp`);
  try {
    await makeDirectory(dirname(out));
    const files = await copyInto(temporary, source, options);
    await rename(temporary, out);
    return { path: out, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  } catch (cause) {
    if (isServiceError(cause) || options.signal?.aborted) throw cause;
    throw unwritable(out, reasonOf(cause), cause);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await directory.release();
  }
}

async function refuseUse(source: string, out: string): Promise<void> {
  if (!(await exists(source))) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'nothingToBackUp',
      message: `there is no data directory ${source}: name the one to back up with MARKET_DATA_DIR`,
    });
  }
  if (await exists(out)) throw unwritable(out, 'it is there already');
  if (`${out}${sep}`.startsWith(`${source}${sep}`)) throw unwritable(out, 'it is inside the data directory');
}

async function copyInto(temporary: string, source: string, options: BackupOptions): Promise<BackupFile[]> {
  const { directories, files: sources, links: linked } = await listTree(source, isOwnedByLock);
  const data = join(temporary, backupDataName);
  await mkdir(temporary);
  await mkdir(data);
  for (const path of directories) await mkdir(join(data, path));
  const links = [];
  for (const { path } of linked) {
    const target = await readlink(join(source, path));
    await symlink(target, join(data, path));
    links.push({ path, target });
  }
  const total = sources.filter(({ path }) => !isSqliteSideFile(path)).length;
  const files: BackupFile[] = [];
  for (const { path } of sources) {
    options.signal?.throwIfAborted();
    // What a log of SQLite's still holds is in the copy that SQLite makes.
    if (isSqliteSideFile(path)) continue;
    const copied = join(data, path);
    const copy = isSqliteFile(path) ? copySqlite : copyAndHash;
    const file = { path, ...(await copy(join(source, path), copied)) };
    files.push(file);
    options.onFile?.(file, files.length, total);
  }
  const createdAt = new Date(options.clock.now()).toISOString();
  const manifest = { format: 'market-data-backup', version: 1, createdAt, directories, files, links } as const;
  await writeFile(join(temporary, manifestName), manifestText(manifest), { flush: true });
  return files;
}

/** The spool and its like lie in the data directory itself; below it, names belong to the engine. */
function isSqliteFile(path: string): boolean {
  return /^[^/]+\.db$/.test(path);
}

function isSqliteSideFile(path: string): boolean {
  return /^[^/]+\.db-(wal|shm|journal)$/.test(path);
}

async function copySqlite(source: string, target: string): ReturnType<typeof copyAndHash> {
  const vacuumed = `${target}.vacuumed`;
  const database = new DatabaseSync(source);
  try {
    database.prepare('VACUUM INTO ?').run(vacuumed);
  } finally {
    database.close();
  }
  const copied = await copyAndHash(vacuumed, target);
  await rm(vacuumed);
  return copied;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function unwritable(out: string, why: string, cause?: unknown): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'outputUnusable',
    message: `the backup ${out} cannot be written (${why}): name another place with --out`,
    cause,
  });
}
