import { createHash } from 'node:crypto';
import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { clusterStatements, createDatabase, createMigrationsTable } from './cluster-ddl.ts';
import type { Migration } from './migrations.ts';

/** A migration that {@link runMigrations} found or made. */
export interface MigrationReport {
  readonly id: number;
  readonly name: string;
  /** Whether this run applied it; otherwise an earlier one had. */
  readonly appliedNow: boolean;
}

export interface RunMigrationsOptions {
  readonly engine: SqlEngine;
  readonly database: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  /** With a cluster, its replicated and distributed tables are made instead of plain ones. */
  readonly cluster?: string | undefined;
}

/**
 * Brings the database to the newest schema; running it again changes nothing. A migration is recorded after its last
 * statement, and every statement can be repeated, so a run that died goes on where it was.
 *
 * @throws ServiceError of kind `configuration`, reason `migrationChanged`, when an applied migration differs from the
 * one in this program, and `schemaTooNew` when the database has one that this program does not know.
 */
export async function runMigrations(options: RunMigrationsOptions): Promise<MigrationReport[]> {
  const { engine, database, migrations, clock, cluster } = options;
  await engine.command(createDatabase(database, cluster));
  await engine.command(createMigrationsTable(database, cluster));
  const rows = await engine.rows<{ id: number; checksum: string }>(
    `SELECT id, any(checksum) AS checksum FROM ${database}.schema_migrations GROUP BY id ORDER BY id`,
  );
  const applied = new Map(rows.map((row) => [Number(row.id), row.checksum]));
  refuseSurprises(applied, migrations, database);

  const report: MigrationReport[] = [];
  for (const migration of migrations) {
    const appliedNow = !applied.has(migration.id);
    if (appliedNow) {
      for (const statement of migration.statements) {
        const plain = statement.replaceAll('{database}', database);
        for (const sql of cluster === undefined ? [plain] : clusterStatements(plain, cluster))
          await engine.command(sql);
      }
      await engine.command(
        `INSERT INTO ${database}.schema_migrations
         SELECT {id:UInt32}, {name:String}, {checksum:String}, fromUnixTimestamp64Milli({at:Int64})`,
        { id: migration.id, name: migration.name, checksum: checksum(migration), at: clock.now() },
      );
    }
    report.push({ id: migration.id, name: migration.name, appliedNow });
  }
  return report;
}

function refuseSurprises(
  applied: ReadonlyMap<number, string>,
  migrations: readonly Migration[],
  database: string,
): void {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const [id, appliedChecksum] of applied) {
    const migration = known.get(id);
    if (migration === undefined) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'schemaTooNew',
        message: `database ${database} has migration ${id}, which this version does not know: use a newer version`,
      });
    }
    if (checksum(migration) !== appliedChecksum) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'migrationChanged',
        message:
          `migration ${id} (${migration.name}) is not the one that database ${database} was made with: ` +
          'restore the released text and add a new migration instead',
      });
    }
  }
}

/** Identifies the text of a migration; white space does not count. */
function checksum(migration: Migration): string {
  const text = migration.statements.map((statement) => statement.replace(/\s+/g, ' ').trim()).join(';');
  return createHash('sha256').update(text).digest('hex');
}
