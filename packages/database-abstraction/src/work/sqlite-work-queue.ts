import { randomUUID } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type ClaimedWork,
  type Clock,
  groupsToForget,
  isServiceError,
  isTriedAgain,
  type Json,
  leaseExpired,
  type NewWork,
  normalizeWork,
  noWork,
  ServiceError,
  type Work,
  type WorkFailure,
  type WorkFilter,
  type WorkProgress,
  type WorkQueue,
  type WorkRetention,
  type WorkRetry,
  type WorkSelection,
  type WorkState,
} from '@quantumtrade/core-traits';

export interface SqliteWorkQueueOptions {
  /** The database's file; several processes may use it at once. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now'>;
}

const schema = `
  CREATE TABLE IF NOT EXISTS work (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    work_group TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    checkpoint TEXT,
    failure TEXT,
    lease TEXT,
    lease_until INTEGER,
    added_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS work_next ON work (state, priority, position);
  CREATE INDEX IF NOT EXISTS work_of_group ON work (work_group, state);`;

interface Row {
  readonly id: string;
  readonly work_group: string;
  readonly payload: string;
  readonly priority: number;
  readonly max_attempts: number;
  readonly state: WorkState;
  readonly attempts: number;
  readonly checkpoint: string | null;
  readonly failure: string | null;
  readonly lease: string | null;
  readonly added_at: number;
  readonly ended_at: number | null;
}

/** How long a call waits for another process that is writing, in milliseconds. */
const busyTimeoutMs = 5_000;

/**
 * Work in a SQLite file. Every call is one transaction that is on the disk when it settles, so what was added or
 * completed survives the process and the system.
 */
export class SqliteWorkQueue implements WorkQueue {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #database: DatabaseSync;
  readonly #statements: Map<string, StatementSync> = new Map();

  /** @throws ServiceError of kind `configuration`, reason `directoryUnusable`, when the file cannot be opened. */
  constructor(options: SqliteWorkQueueOptions) {
    this.#clock = options.clock;
    try {
      this.#database = new DatabaseSync(options.file, { timeout: busyTimeoutMs });
      this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
      // Files of older versions do not have it.
      if (
        !this.#database
          .prepare('PRAGMA table_info(work)')
          .all()
          .some(({ name }) => name === 'ended_at')
      ) {
        this.#database.exec('ALTER TABLE work ADD COLUMN ended_at INTEGER');
      }
    } catch (cause) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'directoryUnusable',
        message: `the work queue ${options.file} cannot be opened (${messageOf(cause)}): name a writable directory`,
        cause,
      });
    }
  }

  async add(work: readonly NewWork[]): Promise<void> {
    const checked = work.map(normalizeWork);
    this.#transaction(() => {
      for (const { id, group, payload, priority, maxAttempts, notBefore } of checked) {
        this.#run(
          `INSERT INTO work (id, work_group, payload, priority, max_attempts, not_before, state, attempts, added_at)
           VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?) ON CONFLICT (id) DO NOTHING`,
          [id, group, JSON.stringify(payload), priority, maxAttempts, notBefore, this.#now()],
        );
      }
    });
  }

  async claim({ leaseMs }: { readonly leaseMs: number }): Promise<ClaimedWork | undefined> {
    const now = this.#now();
    return this.#transaction(() => {
      this.#run(
        `UPDATE work SET state = 'failed', lease = NULL, failure = ?, ended_at = ?
         WHERE state = 'inProgress' AND lease_until <= ? AND attempts >= max_attempts`,
        [JSON.stringify(leaseExpired), now, now],
      );
      const lease = randomUUID();
      const [row] = this.#rows(
        `UPDATE work SET state = 'inProgress', attempts = attempts + 1, lease = ?, lease_until = ?
         WHERE position = (
           SELECT position FROM work
           WHERE (state = 'pending' AND not_before <= ?) OR (state = 'inProgress' AND lease_until <= ?)
           ORDER BY priority, position LIMIT 1
         ) RETURNING *`,
        [lease, now + Math.ceil(leaseMs), now, now],
      );
      return row === undefined ? undefined : { ...toWork(row), state: 'inProgress', lease };
    });
  }

  async progress(work: ClaimedWork, { leaseMs, checkpoint }: WorkProgress): Promise<boolean> {
    const noted = checkpoint === undefined ? null : JSON.stringify(checkpoint);
    return this.#held(work, 'lease_until = ?, checkpoint = coalesce(?, checkpoint)', [
      this.#now() + Math.ceil(leaseMs),
      noted,
    ]);
  }

  async complete(work: ClaimedWork): Promise<boolean> {
    return this.#held(work, "state = 'completed', lease = NULL, failure = NULL, ended_at = ?", [this.#now()]);
  }

  async fail(work: ClaimedWork, retry: WorkRetry): Promise<'retried' | 'dead' | 'lost'> {
    const again = isTriedAgain(work, retry);
    const held = this.#held(work, 'state = ?, lease = NULL, failure = ?, not_before = ?, ended_at = ?', [
      again ? 'pending' : 'failed',
      JSON.stringify(retry.failure),
      Math.ceil(retry.retryAt ?? 0),
      again ? null : this.#now(),
    ]);
    if (!held) return 'lost';
    return again ? 'retried' : 'dead';
  }

  async release(work: ClaimedWork): Promise<boolean> {
    return this.#held(work, "state = 'pending', lease = NULL, attempts = attempts - 1", []);
  }

  async cancel(selection: WorkSelection): Promise<number> {
    const assignments = `state = 'cancelled', lease = NULL, ended_at = ${this.#now()}`;
    return this.#change(assignments, "state IN ('pending', 'inProgress')", selection);
  }

  async get(id: string): Promise<Work | undefined> {
    const [row] = this.#rows('SELECT * FROM work WHERE id = ?', [id]);
    return row && toWork(row);
  }

  async list({ group, state, limit = 1_000 }: WorkFilter = {}): Promise<Work[]> {
    return this.#rows(
      `SELECT * FROM work WHERE (?1 IS NULL OR work_group = ?1) AND (?2 IS NULL OR state = ?2)
       ORDER BY position LIMIT ?3`,
      [group ?? null, state ?? null, limit],
    ).map(toWork);
  }

  async counts(group?: string): Promise<Record<WorkState, number>> {
    const counts = noWork();
    const rows = this.#guarded(() =>
      this.#statement(
        'SELECT state, count(*) AS pieces FROM work WHERE (?1 IS NULL OR work_group = ?1) GROUP BY state',
      ).all(group ?? null),
    );
    for (const row of rows) counts[row.state as WorkState] = Number(row.pieces);
    return counts;
  }

  async requeue(selection?: WorkSelection): Promise<number> {
    const assignments = "state = 'pending', attempts = 0, not_before = 0, ended_at = NULL";
    return this.#change(assignments, "state = 'failed'", selection);
  }

  async purge(selection?: WorkSelection): Promise<number> {
    const [condition, parameters] = selected(selection);
    return this.#run(`DELETE FROM work WHERE state = 'failed' AND ${condition}`, parameters);
  }

  async trim(retention: WorkRetention): Promise<number> {
    return this.#transaction(() => {
      const rows = this.#statement(
        `SELECT work_group, count(*) AS pieces, max(coalesce(ended_at, added_at)) AS ended_at FROM work
         GROUP BY work_group HAVING sum(state NOT IN ('completed', 'cancelled')) = 0`,
      ).all();
      const ended = rows.map((row) => ({
        ...{ group: String(row.work_group), pieces: Number(row.pieces), endedAt: Number(row.ended_at) },
      }));
      return groupsToForget(ended, retention).reduce(
        (sum, group) => sum + this.#run('DELETE FROM work WHERE work_group = ?', [group]),
        0,
      );
    });
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Clocks may count fractions of a millisecond; the columns hold whole ones. */
  #now(): number {
    return Math.floor(this.#clock.now());
  }

  /** Changes work that the caller still holds. A lease that is over and was given to nobody else is still held. */
  #held(work: ClaimedWork, assignments: string, parameters: readonly SQLInputValue[]): boolean {
    const changed = this.#run(`UPDATE work SET ${assignments} WHERE id = ? AND lease = ? AND state = 'inProgress'`, [
      ...parameters,
      work.id,
      work.lease,
    ]);
    return changed > 0;
  }

  #change(assignments: string, states: string, selection: WorkSelection | undefined): number {
    const [condition, parameters] = selected(selection);
    return this.#run(`UPDATE work SET ${assignments} WHERE ${states} AND ${condition}`, parameters);
  }

  #run(sql: string, parameters: readonly SQLInputValue[]): number {
    return this.#guarded(() => Number(this.#statement(sql).run(...parameters).changes));
  }

  #rows(sql: string, parameters: readonly SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...parameters) as unknown as Row[]);
  }

  #transaction<T>(work: () => T): T {
    return this.#guarded(() => {
      // Taken for writing at once: a transaction that began by reading could find that it must not write.
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (isServiceError(cause)) throw cause;
      const message = `the work queue did not take the call: ${messageOf(cause)}`;
      throw new ServiceError({ kind: 'database', reason: 'refused', message, cause });
    }
  }
}

function selected(selection: WorkSelection | undefined): [condition: string, parameters: SQLInputValue[]] {
  if (selection === undefined) return ['true', []];
  return 'id' in selection ? ['id = ?', [selection.id]] : ['work_group = ?', [selection.group]];
}

function toWork(row: Row): Work {
  return {
    id: row.id,
    group: row.work_group,
    payload: JSON.parse(row.payload) as Json,
    priority: row.priority,
    maxAttempts: row.max_attempts,
    state: row.state,
    attempts: row.attempts,
    checkpoint: row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Json),
    failure: row.failure === null ? undefined : (JSON.parse(row.failure) as WorkFailure),
    addedAt: row.added_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
