import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerMemory } from '../quota/process-ledger.ts';
import type { LimitReason } from '../quota/quota.ts';
import { openMemoryFile } from './open-memory-file.ts';

export interface CollectorMemoryDependencies {
  /** Directory of the file; made when it is first needed. */
  readonly directory: string;
  /** Told once when the file cannot be used; what it cannot take is remembered until the process ends, at best. */
  readonly onProblem?: ((error: Error) => void) | undefined;
}

/** A request that a vendor will not answer for a key. Times are milliseconds since the Unix epoch (UTC). */
export interface RememberedRefusal {
  /** What was asked for, without the symbol. */
  readonly request: string;
  readonly reason: string;
  /** What the vendor said, without secrets. */
  readonly message: string;
  readonly learnedAt: number;
  readonly expiresAt: number;
}

const fileName = 'collector.db';
const day = 86_400_000;

/** Limits are told by what is in the file, so nothing is kept longer than the longest window needs. */
const keepGrantsMs = day + 60_000;

const schema = `
  CREATE TABLE IF NOT EXISTS grants (account TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS grants_by_time ON grants (account, at);
  CREATE TABLE IF NOT EXISTS holds (
    account TEXT NOT NULL, reason TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (account, reason)
  );
  CREATE TABLE IF NOT EXISTS refusals (
    account TEXT NOT NULL, request TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
    learned_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (account, request)
  );
  CREATE TABLE IF NOT EXISTS finished_months (
    series TEXT NOT NULL, month TEXT NOT NULL, finished_at INTEGER NOT NULL, PRIMARY KEY (series, month)
  );
`;

/**
 * What collectors must know again after a restart: the requests of the last day, refusals that still hold, what a key may
 * not ask, and which months are complete. A SQLite file beside the bars; accounts are named by a hash of their key.
 *
 * Written in WAL mode with `synchronous=NORMAL`: the end of a process loses nothing, a power failure at most the newest
 * entries, which the vendor's own refusals and a repeated request make good.
 */
export class CollectorMemory {
  readonly #directory: string;
  readonly #onProblem: ((error: Error) => void) | undefined;
  #database: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #added = 0;
  #reported = false;

  constructor({ directory, onProblem }: CollectorMemoryDependencies) {
    this.#directory = directory;
    this.#onProblem = onProblem;
  }

  /** What the quota of one account keeps here. */
  ledgerOf(account: string): LedgerMemory {
    return {
      grantsSince: (instant) =>
        this.#all('SELECT at FROM grants WHERE account = ? AND at > ? ORDER BY at', account, instant).map(({ at }) =>
          Number(at),
        ),
      addGrant: (at) => {
        this.#run('INSERT INTO grants VALUES (?, ?)', account, at);
        this.#added += 1;
        if (this.#added % 1000 === 0) this.#run('DELETE FROM grants WHERE at < ?', at - keepGrantsMs);
      },
      holds: () =>
        this.#all('SELECT reason, until FROM holds WHERE account = ?', account).map(({ reason, until }) => ({
          reason: reason as LimitReason,
          until: Number(until),
        })),
      setHold: (reason, until) =>
        void this.#run('INSERT OR REPLACE INTO holds VALUES (?, ?, ?)', account, reason, until),
    };
  }

  /** Refusals that an account was given and that have not expired at `now`, in the order of their requests. */
  refusals(account: string, now: number): readonly RememberedRefusal[] {
    const rows = this.#all(
      'SELECT * FROM refusals WHERE account = ? AND expires_at > ? ORDER BY request',
      account,
      now,
    );
    return rows.map((row) => ({
      request: String(row.request),
      reason: String(row.reason),
      message: String(row.message),
      learnedAt: Number(row.learned_at),
      expiresAt: Number(row.expires_at),
    }));
  }

  rememberRefusal(account: string, refusal: RememberedRefusal): void {
    const { request, reason, message, learnedAt, expiresAt } = refusal;
    const insert = 'INSERT OR REPLACE INTO refusals VALUES (?, ?, ?, ?, ?, ?)';
    this.#run(insert, account, request, reason, message, learnedAt, expiresAt);
  }

  forgetRefusals(account: string): void {
    this.#run('DELETE FROM refusals WHERE account = ?', account);
  }

  /** The months of a series that are complete, and since when: milliseconds since the Unix epoch (UTC). */
  finishedMonths(series: string): ReadonlyMap<string, number> {
    const rows = this.#all('SELECT month, finished_at FROM finished_months WHERE series = ?', series);
    return new Map(rows.map(({ month, finished_at: at }) => [String(month), Number(at)]));
  }

  finishMonth(series: string, month: string, at: number): void {
    this.#run('INSERT OR REPLACE INTO finished_months VALUES (?, ?, ?)', series, month, at);
  }

  /** Closes the file. It is opened again when it is needed again. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#statements.clear();
  }

  #all(sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
    return this.#attempt(() => this.#prepared(sql).all(...values)) ?? [];
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#attempt(() => this.#prepared(sql).run(...values));
  }

  /** Some are asked with every request, and preparing one takes longer than running it. */
  #prepared(sql: string): StatementSync {
    const database = this.#open();
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** What cannot be read or written, as on a full disk, is forgotten: no collection fails for it. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #report(error: unknown): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#onProblem?.(error instanceof Error ? error : new Error(String(error)));
  }

  #open(): DatabaseSync {
    if (this.#database !== undefined) return this.#database;
    try {
      this.#database = openMemoryFile(join(this.#directory, fileName), schema);
    } catch (error) {
      this.#report(error);
      this.#database = openMemoryFile(':memory:', schema);
    }
    return this.#database;
  }
}
