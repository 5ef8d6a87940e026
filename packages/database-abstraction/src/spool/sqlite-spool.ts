import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import type {
  BatchSpool,
  DamagedEntry,
  Series,
  SpoolEntry,
  SpooledBatch,
  SpoolStats,
} from '@quantumtrade/shared-types';
import { seriesKey } from '../clickhouse/series-filter.ts';
import { makeDirectory } from '../engine/make-directory.ts';
import { ReplayClaim } from './replay-claim.ts';
import { decodeBatch, type EncodedBatch, encodeBatch } from './spool-codec.ts';
import { openSpoolDatabase } from './spool-database.ts';
import { isCorruption, spoolFull, toSpoolError } from './spool-error.ts';

export interface SqliteSpoolOptions {
  /** The file; its directory is made where needed. */
  readonly path: string;
  readonly clock: Clock;
  /** What the waiting batches may take in all. */
  readonly maxBytes: number;
  /** How the file is opened. @default with SQLite's write-ahead log and a sync for every commit */
  readonly openDatabase?: ((path: string) => DatabaseSync) | undefined;
}

/** A batch on its way into the spool. */
interface Appending {
  readonly batch: SpooledBatch;
  readonly key: string;
  readonly encoded: EncodedBatch;
  readonly done: PromiseWithResolvers<void>;
}

interface EntryRow {
  readonly id: number;
  readonly batch_id: string;
  readonly accepted_at: number;
  readonly series: string;
  readonly spooled_at: number;
}

/**
 * The spool in an SQLite file, for one or several processes. Appends of the same turn share one commit, because the sync
 * to the disk is what an append costs.
 */
export class SqliteSpool implements BatchSpool {
  readonly #options: SqliteSpoolOptions;
  readonly #claim: ReplayClaim;
  #database: DatabaseSync | undefined;
  #appending: Appending[] = [];
  #full = false;
  readonly #statements = new Map<string, StatementSync>();

  constructor(options: SqliteSpoolOptions) {
    this.#options = options;
    this.#claim = new ReplayClaim(`${options.path}.replay-lock`);
  }

  async open(): Promise<void> {
    if (this.#database !== undefined) return;
    const { path, openDatabase = openSpoolDatabase } = this.#options;
    try {
      await makeDirectory(dirname(path));
      this.#database ??= openDatabase(path);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new ServiceError({
        kind: 'configuration',
        reason: 'spoolUnusable',
        message: `the spool ${path} cannot be opened (${detail}): repair the file, or move it aside and keep it`,
        cause,
      });
    }
  }

  append(batch: SpooledBatch): Promise<void> {
    const key = seriesKey(batch.accepted.series);
    const done = Promise.withResolvers<void>();
    this.#appending.push({ batch, key, encoded: encodeBatch(batch, key), done });
    if (this.#appending.length === 1) setImmediate(() => this.#commit(this.#appending.splice(0)));
    return done.promise;
  }

  /** Writes a group in one transaction; when that fails each one alone, so that none fails for another's sake. */
  #commit(group: readonly Appending[]): void {
    try {
      this.#transaction((database) => {
        for (const one of group) this.#insert(database, one);
      });
      this.#full = false;
      for (const { done } of group) done.resolve();
    } catch (error) {
      if (group.length > 1) {
        for (const one of group) this.#commit([one]);
        return;
      }
      const failure = toSpoolError(error);
      if (failure.reason === 'spoolFull') this.#full = true;
      group[0]?.done.reject(failure);
    }
  }

  #insert(database: DatabaseSync, { batch, key, encoded }: Appending): void {
    const { batchId, acceptedAt } = batch.identity;
    if (database.prepare('SELECT 1 FROM entries WHERE batch_id = ?').get(batchId) !== undefined) return;
    const { bytes } = database.prepare('SELECT bytes FROM totals').get() as { bytes: number };
    const { maxBytes } = this.#options;
    const size = encoded.payload.byteLength + entryOverhead;
    if (bytes + size > maxBytes) throw spoolFull(`${bytes} of ${maxBytes} bytes are used`);
    database
      .prepare(
        `INSERT INTO entries (batch_id, accepted_at, series, spooled_at, bytes, checksum, payload)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(batchId, acceptedAt, key, this.#options.clock.now(), size, encoded.checksum, encoded.payload);
  }

  async peek(afterId = 0): Promise<SpoolEntry | undefined> {
    for (;;) {
      const row = this.#row<EntryRow>(
        `SELECT id, batch_id, accepted_at, series, spooled_at FROM entries
         WHERE id > ? AND id NOT IN (SELECT id FROM damaged) ORDER BY id LIMIT 1`,
        afterId,
      );
      if (row === undefined) return undefined;
      const read = this.#read(row);
      if (!('problem' in read)) return { ...read, id: row.id, spooledAt: row.spooled_at };
      this.#keepAside(row, read);
    }
  }

  /**
   * A batch, or why there is none in the entry. A file that is busy or a disk that does not answer says nothing about the
   * entry, which is acknowledged: that is thrown, and asked again.
   */
  #read(row: EntryRow): SpooledBatch | Damage {
    let encoded: unknown;
    try {
      // Only now, because a torn page makes reading this one entry fail.
      encoded = this.#opened().prepare('SELECT checksum, payload FROM entries WHERE id = ?').get(row.id);
    } catch (error) {
      if (!isCorruption(error)) throw toSpoolError(error);
      return { problem: messageOf(error), left: 'NULL, NULL' };
    }
    try {
      const identity = { batchId: row.batch_id, acceptedAt: row.accepted_at };
      return decodeBatch(encoded as EncodedBatch, identity, row.series);
    } catch (error) {
      return { problem: messageOf(error), left: 'checksum, payload' };
    }
  }

  #keepAside({ id }: EntryRow, { problem, left }: Damage): void {
    this.#transaction((database) => {
      database
        .prepare(
          `INSERT INTO damaged (id, batch_id, series, spooled_at, problem, checksum, payload)
           SELECT id, batch_id, series, spooled_at, ?, ${left} FROM entries WHERE id = ?`,
        )
        .run(problem, id);
    });
    try {
      this.#delete(id);
    } catch {
      // A page that cannot be freed: the entry stays where it is and is passed over.
    }
  }

  async remove(id: number): Promise<void> {
    this.#delete(id);
    this.#full = false;
  }

  #delete(id: number): void {
    this.#transaction((database) => {
      database.prepare('DELETE FROM entries WHERE id = ?').run(id);
    });
    if (this.#row<{ entries: number }>('SELECT entries FROM totals')?.entries === 0) {
      // Gives the disk its space back once an outage is over.
      this.#guard(() => this.#opened().exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);'));
    }
  }

  async isWaiting(series: Series): Promise<boolean> {
    const sql = 'SELECT 1 FROM entries WHERE series = ? AND id NOT IN (SELECT id FROM damaged) LIMIT 1';
    return this.#row(sql, seriesKey(series)) !== undefined;
  }

  async claimReplay(): Promise<boolean> {
    this.#opened();
    return this.#guard(() => this.#claim.take());
  }

  async stats(): Promise<SpoolStats> {
    const { maxBytes } = this.#options;
    const row = this.#row<{ entries: number; bytes: number; oldest: number | null; damaged: number }>(
      `SELECT totals.entries - (SELECT count(*) FROM damaged WHERE id IN (SELECT id FROM entries)) AS entries, bytes,
         (SELECT spooled_at FROM entries WHERE id NOT IN (SELECT id FROM damaged) ORDER BY id LIMIT 1) AS oldest,
         (SELECT count(*) FROM damaged) AS damaged
       FROM totals`,
    );
    const { entries = 0, bytes = 0, damaged = 0 } = row ?? {};
    const full = this.#full || bytes >= maxBytes;
    return { entries, bytes, maxBytes, full, oldestSpooledAt: row?.oldest ?? undefined, damaged };
  }

  async damaged(): Promise<readonly DamagedEntry[]> {
    const sql = 'SELECT id, batch_id AS batchId, spooled_at AS spooledAt, problem FROM damaged ORDER BY id';
    return this.#guard(() => this.#opened().prepare(sql).all() as unknown as DamagedEntry[]);
  }

  async close(): Promise<void> {
    if (this.#appending.length > 0) this.#commit(this.#appending.splice(0));
    this.#claim.release();
    this.#database?.close();
    this.#database = undefined;
    this.#statements.clear();
  }

  #row<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#prepared(sql).get(...values) as Row | undefined);
  }

  /** Reads are asked with every batch, and preparing one takes longer than running it. */
  #prepared(sql: string): StatementSync {
    const database = this.#opened();
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction(work: (database: DatabaseSync) => void): void {
    this.#guard(() => {
      const database = this.#opened();
      database.exec('BEGIN IMMEDIATE');
      try {
        work(database);
        database.exec('COMMIT');
      } catch (error) {
        try {
          database.exec('ROLLBACK');
        } catch {
          // After some failures SQLite has rolled back by itself.
        }
        throw error;
      }
    });
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toSpoolError(error);
    }
  }

  #opened(): DatabaseSync {
    if (this.#database !== undefined) return this.#database;
    throw new ServiceError({
      kind: 'database',
      reason: 'spoolUnavailable',
      message: 'the spool is not open: call connect() or start the service first',
      retryable: false,
    });
  }
}

/** What is wrong with an entry, and the columns of it that can be kept. */
interface Damage {
  readonly problem: string;
  readonly left: 'checksum, payload' | 'NULL, NULL';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What an entry takes beside its payload, roughly. */
const entryOverhead = 200;
