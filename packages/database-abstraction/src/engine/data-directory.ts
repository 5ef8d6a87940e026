import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import { makeDirectory } from './make-directory.ts';

/** Who holds a data directory: kept beside the lock so that the next one can be told. */
interface Holder {
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}

export interface DataDirectoryOptions {
  readonly path: string;
  readonly clock: Clock;
  /** How long to wait for another process to let go, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How this process is called in the message that others get. */
  readonly command: string;
}

const pollMs = 100;

/**
 * A directory that one process at a time may use. The lock is an exclusive SQLite transaction, that is a lock of the
 * operating system on an open file: it ends with its holder, however that ends, and leaves nothing stale behind.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Creates the directory where needed and takes its lock.
   *
   * @throws ServiceError of kind `configuration`: reason `directoryUnusable` when it cannot be written, `directoryLocked`
   * when another process still holds it after the timeout.
   */
  static async acquire(options: DataDirectoryOptions): Promise<DataDirectory> {
    const { path, clock } = options;
    const lock = await openLock(path);
    const deadline = clock.monotonic() + options.lockTimeoutMs;
    while (!tryLock(lock, path)) {
      if (clock.monotonic() >= deadline) {
        lock.close();
        throw await lockedError(path, options.lockTimeoutMs);
      }
      await clock.sleep(pollMs);
    }
    const holder: Holder = { pid: process.pid, command: options.command, since: new Date(clock.now()).toISOString() };
    try {
      await writeFile(holderFile(path), `${JSON.stringify(holder)}\n`);
    } catch (cause) {
      lock.close();
      throw unusable(path, cause);
    }
    return new DataDirectory(path, lock);
  }

  /** Lets go of the lock. */
  async release(): Promise<void> {
    try {
      await rm(holderFile(this.path), { force: true });
    } finally {
      this.#lock.close();
    }
  }
}

function holderFile(path: string): string {
  return join(path, 'holder.json');
}

async function openLock(path: string): Promise<DatabaseSync> {
  try {
    await makeDirectory(path);
    return new DatabaseSync(join(path, 'lock.db'));
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function tryLock(lock: DatabaseSync, path: string): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if (isBusy(cause)) return false;
    lock.close();
    throw unusable(path, cause);
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY and its extended codes share the low byte 5.
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && (code & 0xff) === 5;
}

function unusable(path: string, cause: unknown): ServiceError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError({
    kind: 'configuration',
    reason: 'directoryUnusable',
    message: `data directory ${path} cannot be used (${detail}): name a writable directory with MARKET_DATA_DIR`,
    cause,
  });
}

async function lockedError(path: string, waitedMs: number): Promise<ServiceError> {
  const holder = await readHolder(path);
  const who = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
  return new ServiceError({
    kind: 'configuration',
    reason: 'directoryLocked',
    retryable: true,
    message:
      `data directory ${path} is held by ${who}; waited ${waitedMs / 1000} s: ` +
      'stop that process or name another directory with MARKET_DATA_DIR',
  });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile(path), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
