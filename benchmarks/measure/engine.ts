import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { systemClock } from '@quantumtrade/core-defaults';
import { createDatabaseManager, type DatabaseManager } from '@quantumtrade/database-abstraction';
import { createChdbConnection } from 'chdb/connection';

/** Our store on an embedded engine, and the bare engine beside it: one engine, two ways in. */
export interface Engine {
  readonly manager: DatabaseManager;
  command(sql: string): Promise<void>;
  rows<Row>(sql: string): Promise<Row[]>;
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
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1, output_format_json_quote_decimals: 1 },
  });
  return {
    manager,
    command: async (query) => void (await client.command({ query })),
    rows: async <Row>(query: string) => await (await client.query({ query, format: 'JSONEachRow' })).json<Row>(),
    close: async () => {
      await client.close();
      await manager.close();
      if (given === undefined) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
