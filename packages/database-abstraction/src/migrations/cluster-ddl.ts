import { ServiceError } from '@quantumtrade/core-traits';

/** The statement that makes the database, on every node of a cluster where there is one. */
export function createDatabase(database: string, cluster: string | undefined): string {
  return `CREATE DATABASE IF NOT EXISTS ${database}${onCluster(cluster)}`;
}

/** The table of applied migrations. In a cluster every node has all of it. */
export function createMigrationsTable(database: string, cluster: string | undefined): string {
  const engine =
    cluster === undefined
      ? 'MergeTree'
      : `ReplicatedMergeTree('/clickhouse/tables/all/${database}/schema_migrations', '{shard}-{replica}')`;
  return `CREATE TABLE IF NOT EXISTS ${database}.schema_migrations${onCluster(cluster)} (
    id UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC')
  ) ENGINE = ${engine} ORDER BY id`;
}

/**
 * A statement of a migration as a cluster takes it. `CREATE TABLE t` of the MergeTree family becomes the replicated table
 * `t_local` on every node and the distributed table `t` over it, so that queries name the same table as without a
 * cluster; `ALTER TABLE t` alters both. A series lives on one shard: rows are spread by the columns that name it, or by
 * the sorting key of a table that has not all of them.
 *
 * @param statement with the database's name filled in.
 * @throws ServiceError of kind `system`, reason `unsupportedMigration`, for any other form.
 */
export function clusterStatements(statement: string, cluster: string): readonly string[] {
  const sql = statement.trim();
  const create = /^CREATE TABLE IF NOT EXISTS (\w+)\.(\w+)\s+(\([\s\S]*\))\s*ENGINE\s*=\s*([\s\S]*)$/.exec(sql);
  if (create !== null) {
    const [, database = '', table = '', definition = '', storage = ''] = create;
    return createStatements({ database, table, definition, storage, sql }, cluster);
  }
  const alter = /^ALTER TABLE (\w+)\.(\w+)\s+([\s\S]*)$/.exec(sql);
  if (alter !== null) {
    const [, database = '', table = '', changes = ''] = alter;
    return alterStatements({ database, table, changes, sql }, cluster);
  }
  throw unsupported(sql);
}

interface CreateTable {
  readonly database: string;
  readonly table: string;
  readonly definition: string;
  readonly storage: string;
  readonly sql: string;
}

function createStatements(create: CreateTable, cluster: string): readonly string[] {
  const { database, table, definition, storage, sql } = create;
  const engine = /^(\w*MergeTree)\s*(?:\(([^)]*)\))?\s*([\s\S]*)$/.exec(storage);
  if (engine === null || engine[1]?.startsWith('Replicated')) throw unsupported(sql);
  const [, family = '', ownArguments = '', rest = ''] = engine;
  const engineArguments = [
    `'/clickhouse/tables/{shard}/${database}/${table}'`,
    "'{replica}'",
    ...(ownArguments.trim() === '' ? [] : [ownArguments.trim()]),
  ];
  // Replicated tables remember tokens by themselves; how many has another name.
  const clauses = rest.replace('non_replicated_deduplication_window', 'replicated_deduplication_window');
  const local = `${table}_local`;
  const name = `${database}.${table}${onCluster(cluster)}`;
  return [
    `CREATE TABLE IF NOT EXISTS ${database}.${local}${onCluster(cluster)} ${definition}
     ENGINE = Replicated${family}(${engineArguments.join(', ')}) ${clauses}`,
    `CREATE TABLE IF NOT EXISTS ${name} AS ${database}.${local}
     ENGINE = Distributed('${cluster}', ${database}, ${local}, ${shardingKey(definition, rest, sql)})`,
  ];
}

const seriesColumns = ['symbol', 'interval', 'source', 'adjustment'] as const;

function shardingKey(definition: string, clauses: string, sql: string): string {
  const named = seriesColumns.every((column) => new RegExp(`[(,]\\s*${column}\\s`).test(definition));
  if (named) return `cityHash64(${seriesColumns.join(', ')})`;
  const key = /\bORDER BY\s+(?:\(([^()]*)\)|(\w+)\b(?!\())/.exec(clauses);
  const columns = (key?.[1] ?? key?.[2] ?? '').trim();
  if (columns === '') throw unsupported(sql);
  return `cityHash64(${columns})`;
}

interface AlterTable {
  readonly database: string;
  readonly table: string;
  readonly changes: string;
  readonly sql: string;
}

function alterStatements({ database, table, changes, sql }: AlterTable, cluster: string): readonly string[] {
  const commands = topLevelParts(changes);
  // A distributed table has columns, and nothing else of the table below it.
  const ofColumns = commands.filter((command) => /^(ADD|DROP|MODIFY|COMMENT|RENAME) COLUMN\b/.test(command));
  const ofStorage = /^((ADD|DROP|MATERIALIZE|CLEAR) (INDEX|PROJECTION|CONSTRAINT)|MODIFY (SETTING|ORDER BY|TTL))\b/;
  if (!commands.every((command) => ofColumns.includes(command) || ofStorage.test(command))) throw unsupported(sql);
  const settings = changes.replace('non_replicated_deduplication_window', 'replicated_deduplication_window');
  return [
    `ALTER TABLE ${database}.${table}_local${onCluster(cluster)} ${settings}`,
    ...(ofColumns.length === 0
      ? []
      : [`ALTER TABLE ${database}.${table}${onCluster(cluster)} ${ofColumns.map(forDistributed).join(', ')}`]),
  ];
}

/** A column's codec is a matter of the table that stores it. */
function forDistributed(command: string): string {
  return command.replace(/\s+CODEC\((?:[^()]|\([^()]*\))*\)/, '');
}

/** What stands between the commas that are in no brackets and no text. */
function topLevelParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const token of text.match(/'(?:[^'\\]|\\[\s\S])*'|[\s\S]/g) ?? []) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else {
      part += token;
    }
  }
  parts.push(part.trim());
  return parts;
}

function onCluster(cluster: string | undefined): string {
  return cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`;
}

function unsupported(sql: string): ServiceError {
  return new ServiceError({
    kind: 'system',
    reason: 'unsupportedMigration',
    message: `a migration has a statement that cannot be made for a cluster (${sql.replace(/\s+/g, ' ').slice(0, 80)}…): teach clusterStatements its form`,
  });
}
