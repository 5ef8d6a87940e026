import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { systemClock } from '@quantumtrade/core-defaults';
import { createDatabaseManager, type DatabaseManager } from '@quantumtrade/database-abstraction';
import { createChdbConnection } from 'chdb/connection';

/** Runs SQL on an engine. */
export interface Sql {
  command(sql: string): Promise<void>;
  rows<Row>(sql: string): Promise<Row[]>;
}

/** Our store on an embedded engine, and the bare engine beside it: one engine, two ways in. */
export interface Engine extends Sql {
  readonly manager: DatabaseManager;
  /** The official client on the engine, as anyone has it. */
  readonly client: ClickHouseClient;
  /** For files that the engine reads; {@link Engine.close} removes it. */
  readonly scratch: string;
  close(): Promise<void>;
}

/** Opens both in a directory of their own, which {@link Engine.close} removes, or in the given one, which it leaves. */
export async function openEngine(given?: string): Promise<Engine> {
  const dataDirectory = given ?? (await mkdtemp(join(tmpdir(), 'market-data-benchmark-')));
  const manager = createDatabaseManager({ clock: systemClock, clickhouse: { dataDirectory } });
  await manager.runMigrations();
  const connection = createChdbConnection({ path: join(dataDirectory, 'clickhouse') });
  const client = createClient({
    connection: connection as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
  });
  // Said once: as settings of the client they would be two more statements before each of its queries.
  const quoted = 'output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1';
  await client.command({ query: `SET ${quoted}` });
  return {
    manager,
    client,
    scratch: dataDirectory,
    ...sqlOf(client),
    close: async () => {
      await client.close();
      await manager.close();
      if (given === undefined) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** SQL through a client. */
export function sqlOf(client: ClickHouseClient): Sql {
  return {
    command: async (query) => void (await client.command({ query })),
    rows: async <Row>(query: string) => await (await client.query({ query, format: 'JSONEachRow' })).json<Row>(),
  };
}
