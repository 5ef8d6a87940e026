import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Clock, type Lease, type Leases, ServiceError } from '@quantumtrade/core-traits';
import { openMemoryFile } from '../../memory/open-memory-file.ts';

export interface LocalLeasesDependencies {
  readonly clock: Pick<Clock, 'now'>;
  /** The data directory, whose processes then share the leases; this process alone has them when left out. */
  readonly directory?: string | undefined;
  /** Stands before every name: those who share it share their leases. @default '' */
  readonly scope?: string | undefined;
}

const fileName = 'schedule.db';

const schema = `
  CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY, fence INTEGER NOT NULL, held INTEGER NOT NULL, until INTEGER NOT NULL, note TEXT
  ) STRICT;
`;

/**
 * Leases of the processes of one data directory, in a SQLite file of it. Each call is one statement, so SQLite's own locks
 * keep the processes apart; what is noted survives them. Time is the wall clock, the only one that processes share.
 */
export class LocalLeases implements Leases {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #path: string;
  readonly #scope: string;
  #database: DatabaseSync | undefined;

  constructor({ clock, directory, scope = '' }: LocalLeasesDependencies) {
    this.#clock = clock;
    this.#scope = scope;
    this.#path = directory === undefined ? ':memory:' : join(directory, fileName);
  }

  async acquire(name: string, { leaseMs }: { readonly leaseMs: number }): Promise<Lease | undefined> {
    const now = this.#clock.now();
    const key = this.#keyOf(name);
    const row = this.#row(
      `INSERT INTO leases VALUES (?, 1, 1, ?, NULL)
       ON CONFLICT (name) DO UPDATE SET fence = fence + 1, held = 1, until = excluded.until WHERE held = 0 OR until <= ?
       RETURNING fence, note`,
      key,
      now + leaseMs,
      now,
    );
    if (row === undefined) return undefined;
    const fence = Number(row.fence);
    const change = (assignment: string, ...values: SQLInputValue[]): boolean =>
      this.#row(
        `UPDATE leases SET ${assignment} WHERE name = ? AND fence = ? AND held = 1 RETURNING 1`,
        ...values,
        key,
        fence,
      ) !== undefined;
    return {
      name,
      fence,
      note: noteIn(row),
      renew: async (options) => change('until = ?', this.#clock.now() + options.leaseMs),
      write: async (note) => change('note = ?', note),
      release: async () => change('held = 0'),
    };
  }

  async noteOf(name: string): Promise<string | undefined> {
    return noteIn(this.#row('SELECT note FROM leases WHERE name = ?', this.#keyOf(name)));
  }

  async close(): Promise<void> {
    // What is in memory alone would be gone.
    if (this.#path === ':memory:') return;
    this.#database?.close();
    this.#database = undefined;
  }

  #keyOf(name: string): string {
    return `${this.#scope}:${name}`;
  }

  #row(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    try {
      this.#database ??= openMemoryFile(this.#path, schema);
      return this.#database.prepare(sql).get(...values);
    } catch (cause) {
      throw new ServiceError({
        kind: 'database',
        reason: 'scheduleUnavailable',
        message: `${this.#path} cannot be used (${cause instanceof Error ? cause.message : String(cause)}): make the data directory writable`,
        retryable: true,
        cause,
      });
    }
  }
}

function noteIn(row: Record<string, unknown> | undefined): string | undefined {
  return typeof row?.note === 'string' ? row.note : undefined;
}
