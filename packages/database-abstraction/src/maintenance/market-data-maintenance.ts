import type { Interval } from '@quantumtrade/shared-types';
import type { EngineOptions, SqlEngine } from '../engine/sql-engine.ts';
import { type CleanUpReport, cleanUpDirectory } from './clean-up.ts';

/** Tables that maintenance works on, by the names that people know: bars, rejected rows, records of collections. */
export const maintainedTables = ['bars', 'quarantine', 'batches'] as const;

export type MaintainedTable = (typeof maintainedTables)[number];

export interface OptimisedTable {
  readonly table: MaintainedTable;
  /** Parts of it on the disk before and after; of this node's, on a server. */
  readonly partsBefore: number;
  readonly partsAfter: number;
}

export interface RetentionRule {
  readonly table: MaintainedTable;
  /** Rows of all intervals when left out. */
  readonly interval?: Interval | undefined;
  /** Older rows go: bars by their open time, the others by when they were written. Milliseconds (UTC). */
  readonly before: number;
}

export interface RetiredRows {
  readonly table: MaintainedTable;
  readonly interval: Interval | undefined;
  /** How many rows there were to delete. A server goes on deleting them after the call. */
  readonly rows: number;
}

/** Keeps the stores in order. Every method may run beside reads and writes, and again without harm. */
export interface MarketDataMaintenance {
  /** Merges small parts of every table. @throws ServiceError of kind `database`; the signal's reason between two merges. */
  optimise(options?: EngineOptions): Promise<readonly OptimisedTable[]>;
  /** Deletes rows for good, every version of a bar. @throws ServiceError of kind `database`; the signal's reason. */
  retain(rules: readonly RetentionRule[], options?: EngineOptions): Promise<readonly RetiredRows[]>;
  /**
   * Removes temporary files in the data directory that nobody has touched since an instant (milliseconds, UTC), and gives
   * back space that its SQLite files do not need. A file that cannot be worked on now is left as it is.
   */
  cleanUp(options: { readonly before: number }): Promise<CleanUpReport>;
}

export interface MarketDataMaintenanceOptions {
  readonly engine: () => SqlEngine;
  readonly database: string;
  readonly cluster: string | undefined;
  readonly dataDirectory: string;
}

const tables: Readonly<Record<MaintainedTable, { readonly name: string; readonly time: string }>> = {
  bars: { name: 'bars', time: 'open_time' },
  quarantine: { name: 'quarantine', time: 'quarantined_at' },
  batches: { name: 'ingestion_batches', time: 'accepted_at' },
};

/** One merge takes a range of parts, so a table with many needs several; the engine's own merges do the rest. */
const mostMerges = 8;

/** The maintenance of a database of ClickHouse and of a data directory. */
export function createMarketDataMaintenance(options: MarketDataMaintenanceOptions): MarketDataMaintenance {
  const { engine, database, cluster, dataDirectory } = options;
  const stored = (table: MaintainedTable): string => `${tables[table].name}${cluster === undefined ? '' : '_local'}`;
  const onCluster = cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`;

  const partsOf = async (table: MaintainedTable, by?: EngineOptions): Promise<number> => {
    const sql = `SELECT count() AS parts FROM system.parts
      WHERE active AND database = {database:String} AND table = {table:String}`;
    const [row] = await engine().rows<{ parts: string }>(sql, { database, table: stored(table) }, by);
    return Number(row?.parts ?? 0);
  };

  const optimise = async (table: MaintainedTable, by?: EngineOptions): Promise<OptimisedTable> => {
    const partsBefore = await partsOf(table, by);
    let partsAfter = partsBefore;
    for (let merges = 0; merges < mostMerges && partsAfter > 1; merges++) {
      by?.signal?.throwIfAborted();
      await engine().command(`OPTIMIZE TABLE ${database}.${stored(table)}${onCluster}`, undefined, by);
      const left = await partsOf(table, by);
      if (left >= partsAfter) break;
      partsAfter = left;
    }
    return { table, partsBefore, partsAfter };
  };

  const retire = async (rule: RetentionRule, by?: EngineOptions): Promise<RetiredRows> => {
    const { table, interval, before } = rule;
    by?.signal?.throwIfAborted();
    // A mutation takes no parameters on every server, so its values are of our own making: a number and a known word.
    const condition =
      `${tables[table].time} < fromUnixTimestamp64Milli(toInt64(${Math.trunc(before)}))` +
      (interval === undefined ? '' : ` AND interval = '${interval}'`);
    const [row] = await engine().rows<{ rows: string }>(
      `SELECT count() AS rows FROM ${database}.${tables[table].name} WHERE ${condition}`,
      undefined,
      by,
    );
    const rows = Number(row?.rows ?? 0);
    if (rows > 0) {
      const sql = `ALTER TABLE ${database}.${stored(table)}${onCluster} DELETE WHERE ${condition}`;
      await engine().command(sql, undefined, by);
    }
    return { table, interval, rows };
  };

  return {
    optimise: (by) => oneByOne(maintainedTables, (table) => optimise(table, by)),
    retain: (rules, by) => oneByOne(rules, (rule) => retire(rule, by)),
    cleanUp: ({ before }) => cleanUpDirectory(dataDirectory, before),
  };
}

async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
