import {
  type Cache,
  type Clock,
  createToken,
  type HealthCheck,
  type Redacted,
  ServiceError,
  type Token,
} from '@quantumtrade/core-traits';
import type { MarketDataStore } from '@quantumtrade/shared-types';
import { InProcessCache } from './cache/in-process-cache.ts';
import { ClickHouseStore } from './clickhouse/clickhouse-store.ts';
import { EmbeddedEngine } from './engine/embedded-engine.ts';
import { HttpEngine } from './engine/http-engine.ts';
import type { SqlEngine } from './engine/sql-engine.ts';
import { migrations } from './migrations/migrations.ts';
import { type MigrationReport, runMigrations } from './migrations/run-migrations.ts';

/** The stores of a service behind their contracts, whatever implementation is in use. */
export interface DatabaseManager {
  /** Bars and quarantine. Usable after {@link DatabaseManager.connect}. */
  readonly clickhouse: MarketDataStore;
  /** The cache: losing it loses no data. */
  readonly redis: Cache;
  /** Opens the stores. Calling it again does nothing. @throws ServiceError of kind `configuration` or `database`. */
  connect(): Promise<void>;
  /** Brings the schema up to date; connects first where needed. Running it again changes nothing. */
  runMigrations(): Promise<MigrationReport[]>;
  /** One check for each store, for a health registry to run. */
  readonly healthChecks: readonly HealthCheck[];
  /** Closes the stores and lets go of the data directory. Calling it again does nothing. */
  close(): Promise<void>;
}

/** Names the `DatabaseManager` contract in a container. */
export const DatabaseManagerToken: Token<DatabaseManager> = createToken('DatabaseManager');

/** A ClickHouse server; without a `url` the embedded engine is used. */
export interface ServerOptions {
  /** Address of its HTTP interface, `http(s)://host:port`. */
  readonly url?: string | undefined;
  /** @default 'default' */
  readonly username?: string | undefined;
  readonly password?: Redacted<string> | undefined;
  /** For making a connection. @default 30000 */
  readonly connectTimeoutMs?: number | undefined;
  /** For a query: the server ends it then. @default 60000 */
  readonly queryTimeoutMs?: number | undefined;
  /** @default 100 */
  readonly maxConnections?: number | undefined;
  /** How often a request whose connection failed is sent again, where that is safe. @default 3 */
  readonly retries?: number | undefined;
  /** A cluster of that server: tables are replicated and distributed over it. */
  readonly cluster?: string | undefined;
}

export interface DatabaseManagerOptions {
  readonly clock: Clock;
  readonly clickhouse: ServerOptions & {
    /** Directory of the embedded engine; created where needed. Not used with a server. @default './.market-data' */
    readonly dataDirectory?: string | undefined;
    /** Created by the migrations where needed. @default 'market_data' */
    readonly database?: string | undefined;
    /** How long to wait for another process to let go of the directory. @default 5000 */
    readonly lockTimeoutMs?: number | undefined;
    /** What another process is told about the one that holds the directory. @default 'market data service' */
    readonly command?: string | undefined;
  };
  readonly redis?: {
    /** @default 3600 */
    readonly defaultTtlSeconds?: number | undefined;
    /** @default 10000 */
    readonly maxEntries?: number | undefined;
  };
}

/**
 * The stores of a process: ClickHouse, a server's or embedded (chDB) in a directory, and a cache in memory. Nothing is
 * opened before {@link DatabaseManager.connect}.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidDatabase`, for a name of a database or a cluster that is no
 * identifier, and for a cluster without a server.
 */
export function createDatabaseManager(options: DatabaseManagerOptions): DatabaseManager {
  return new DefaultDatabaseManager(options);
}

/** An engine that is open. */
type OpenEngine = SqlEngine & { close(): Promise<void> };

class DefaultDatabaseManager implements DatabaseManager {
  readonly clickhouse: MarketDataStore;
  readonly redis: Cache;
  readonly healthChecks: readonly HealthCheck[];
  readonly #options: DatabaseManagerOptions;
  readonly #database: string;
  #connecting: Promise<OpenEngine> | undefined;
  #engine: OpenEngine | undefined;

  constructor(options: DatabaseManagerOptions) {
    this.#options = options;
    this.#database = options.clickhouse.database ?? 'market_data';
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(this.#database)) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'invalidDatabase',
        message: 'clickhouse.database must be a name of letters, digits and underscores',
      });
    }
    const { url, cluster } = options.clickhouse;
    if (cluster !== undefined && (url === undefined || !/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(cluster))) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'invalidDatabase',
        message:
          'clickhouse.cluster must be a name of letters, digits, and . _ -, of a cluster of the server at clickhouse.url',
      });
    }
    this.clickhouse = new ClickHouseStore({ engine: () => this.#connectedEngine(), database: this.#database });
    this.redis = new InProcessCache({
      clock: options.clock,
      defaultTtlSeconds: options.redis?.defaultTtlSeconds ?? 3600,
      maxEntries: options.redis?.maxEntries ?? 10_000,
    });
    this.healthChecks = [
      {
        name: 'clickhouse',
        critical: true,
        check: async ({ signal }) => {
          const engine = this.#connectedEngine();
          await engine.rows('SELECT 1', undefined, { signal });
          return { status: 'healthy', message: '', implementation: engine.implementation };
        },
      },
      {
        name: 'redis',
        critical: false,
        check: () => ({ status: 'healthy', message: '', implementation: 'in-process' }),
      },
    ];
  }

  async connect(): Promise<void> {
    this.#connecting ??= this.#connect();
    try {
      this.#engine = await this.#connecting;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }

  async #connect(): Promise<OpenEngine> {
    const { clock, clickhouse } = this.#options;
    if (clickhouse.url !== undefined) {
      return await HttpEngine.open({
        url: clickhouse.url,
        username: clickhouse.username ?? 'default',
        password: clickhouse.password,
        clock,
        connectTimeoutMs: clickhouse.connectTimeoutMs ?? 30_000,
        queryTimeoutMs: clickhouse.queryTimeoutMs ?? 60_000,
        maxConnections: clickhouse.maxConnections ?? 100,
        retries: clickhouse.retries ?? 3,
        cluster: clickhouse.cluster,
      });
    }
    return await EmbeddedEngine.open({
      dataDirectory: clickhouse.dataDirectory ?? './.market-data',
      clock,
      lockTimeoutMs: clickhouse.lockTimeoutMs ?? 5000,
      command: clickhouse.command ?? 'market data service',
    });
  }

  async runMigrations(): Promise<MigrationReport[]> {
    await this.connect();
    const engine = this.#connectedEngine();
    const { clock, clickhouse } = this.#options;
    return await runMigrations({ engine, database: this.#database, migrations, clock, cluster: clickhouse.cluster });
  }

  async close(): Promise<void> {
    // One that is still opening is waited for, so that nothing is left open behind.
    const engine = await this.#connecting?.catch(() => undefined);
    this.#connecting = undefined;
    this.#engine = undefined;
    await engine?.close();
  }

  #connectedEngine(): OpenEngine {
    if (this.#engine !== undefined) return this.#engine;
    throw new ServiceError({
      kind: 'database',
      reason: 'notConnected',
      message: 'the database is not connected: call connect() or start the service first',
      retryable: false,
    });
  }
}
