import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Clock, isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { DataDirectory } from '../engine/data-directory.ts';
import type { BackupReport } from './backup.ts';
import { type BackupFile, type BackupManifest, backupDataName, verifyBackup } from './backup-manifest.ts';
import { copyAndHash } from './copy-and-hash.ts';
import { reasonOf } from './invalid-bar-file.ts';
import { isOwnedByLock } from './lock-files.ts';

export interface RestoreOptions {
  /** What a backup wrote. */
  readonly from: string;
  /** The data directory; made where needed. */
  readonly dataDirectory: string;
  /** Replaces data that is there. @default false */
  readonly force?: boolean | undefined;
  readonly clock: Clock;
  /** How long to wait for another process to let go of the data directory, in milliseconds. @default 5000 */
  readonly lockTimeoutMs?: number | undefined;
  /** What another process is told about this one. @default 'market data restore' */
  readonly command?: string | undefined;
  /** Told about each file that was copied. */
  readonly onFile?: ((file: BackupFile, done: number, total: number) => void) | undefined;
  /** Ends the restore between two files; the data directory is as it was then. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a data directory back. Every checksum is compared before anything is touched, the copy is made beside the
 * directory and takes its place when it is whole: a restore that fails leaves what was there.
 *
 * @throws ServiceError of kind `configuration`: `backupDamaged`, `restoreTargetNotEmpty`, `directoryLocked`,
 * `directoryUnusable`, or `restoreFailed` when the copy cannot be made or put in place; an abort's reason.
 */
export async function restoreDataDirectory(options: RestoreOptions): Promise<BackupReport> {
  const from = resolve(options.from);
  const target = resolve(options.dataDirectory);
  const manifest = await verifyBackup(from);
  const directory = await DataDirectory.acquire({
    path: target,
    clock: options.clock,
    lockTimeoutMs: options.lockTimeoutMs ?? 5000,
    command: options.command ?? 'market data restore',
  });
  const restored = join(dirname(target), `.${basename(target)}.${randomUUID()}.restored`);
  try {
    await refuseData(target, options.force ?? false);
    await copyOut(from, restored, manifest, options);
    // The lock that is held moves along: whoever waits for it waits for the restored directory.
    await link(join(target, 'lock.db'), join(restored, 'lock.db'));
    await exchange(target, restored);
    return {
      path: target,
      files: manifest.files.length,
      bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  } catch (cause) {
    if (isServiceError(cause) || options.signal?.aborted) throw cause;
    throw new ServiceError({
      kind: 'configuration',
      reason: 'restoreFailed',
      message:
        `${target} was not restored and is as it was (${reasonOf(cause)}): free space beside it, and name a directory ` +
        'that can be renamed, which a mount point cannot',
      cause,
    });
  } finally {
    await rm(restored, { recursive: true, force: true });
    await directory.release();
  }
}

async function refuseData(target: string, force: boolean): Promise<void> {
  const [found] = (await readdir(target)).filter((name) => !isOwnedByLock(name));
  if (found === undefined || force) return;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'restoreTargetNotEmpty',
    message: `${target} is not empty (it has ${found}): name another directory with MARKET_DATA_DIR, or replace it with --force`,
  });
}

async function copyOut(from: string, to: string, manifest: BackupManifest, options: RestoreOptions): Promise<void> {
  const data = join(from, backupDataName);
  await mkdir(to);
  for (const path of manifest.directories) await mkdir(join(to, path));
  for (const { path, target } of manifest.links) await symlink(target, join(to, path));
  for (const [index, file] of manifest.files.entries()) {
    options.signal?.throwIfAborted();
    const { sha256 } = await copyAndHash(join(data, file.path), join(to, file.path));
    if (sha256 !== file.sha256) throw new Error(`${file.path} changed while it was read`);
    options.onFile?.(file, index + 1, manifest.files.length);
  }
}

/** Puts the restored directory in the place of the old one, and that one back if it cannot be. */
async function exchange(target: string, restored: string): Promise<void> {
  const replaced = join(dirname(target), `${basename(target)}.before-restore-${randomUUID()}`);
  await rename(target, replaced);
  try {
    await rename(restored, target);
  } catch (error) {
    await rename(replaced, target);
    throw error;
  }
  await rm(replaced, { recursive: true, force: true });
}
