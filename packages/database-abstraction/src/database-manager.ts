import { join } from 'node:path';
import {
  type Cache,
  type Clock,
  createToken,
  type HealthCheck,
  type MonitoringProvider,
  type Redacted,
  ServiceError,
  type Token,
} from '@quantumtrade/core-traits';
import type { BatchSpool, CorporateActionStore, CoverageReader, MarketDataStore } from '@quantumtrade/shared-types';
import { type CacheOptions, createCache, type ManagedCache } from './cache/create-cache.ts';
import { ClickHouseStore } from './clickhouse/clickhouse-store.ts';
import { CorporateActionTables } from './clickhouse/corporate-action-tables.ts';
import { NewSeries } from './clickhouse/new-series.ts';
import { reportParts } from './clickhouse/report-parts.ts';
import { ClickHouseCoverage } from './coverage/clickhouse-coverage.ts';
import { EmbeddedEngine } from './engine/embedded-engine.ts';
import { HttpEngine } from './engine/http-engine.ts';
import type { SqlEngine } from './engine/sql-engine.ts';
import { createMarketDataMaintenance, type MarketDataMaintenance } from './maintenance/market-data-maintenance.ts';
import { migrations } from './migrations/migrations.ts';
import { type MigrationReport, runMigrations } from './migrations/run-migrations.ts';
import { spoolHealthCheck } from './spool/spool-health.ts';
import { SqliteSpool } from './spool/sqlite-spool.ts';
import { createMarketDataTransfer, type MarketDataTransfer } from './transfer/market-data-transfer.ts';

/** The stores of a service behind their contracts, whatever implementation is in use. */
export interface DatabaseManager {
  /** Bars and quarantine. Usable after {@link DatabaseManager.connect}. */
  readonly clickhouse: MarketDataStore;
  /** Dividends and splits. Usable after {@link DatabaseManager.connect}. */
  readonly corporateActions: CorporateActionStore;
  /** Bars to files and back. Usable after {@link DatabaseManager.connect}. */
  readonly transfer: MarketDataTransfer;
  /** Merging, deleting by age, and clearing away. Usable after {@link DatabaseManager.connect}. */
  readonly maintenance: MarketDataMaintenance;
  /** What is stored of each session. Usable after {@link DatabaseManager.connect}. */
  readonly coverage: CoverageReader;
  /** The cache: losing it loses no data. */
  readonly redis: Cache;
  /** Accepted batches that wait for the store. Usable after {@link DatabaseManager.connect}, or once opened itself. */
  readonly spool: BatchSpool;
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
  /** Counts what the cache is asked, by `cacheInstruments`. */
  readonly monitoring?: MonitoringProvider | undefined;
  readonly clickhouse: ServerOptions & {
    /** Directory of the embedded engine and of the spool; created where needed. @default './.market-data' */
    readonly dataDirectory?: string | undefined;
    /** Created by the migrations where needed. @default 'market_data' */
    readonly database?: string | undefined;
    /** How long to wait for another process to let go of the directory. @default 5000 */
    readonly lockTimeoutMs?: number | undefined;
    /** Batches that come at a time are written in one insert, by the embedded engine. */
    readonly coalescing?:
      | {
          /** Milliseconds that a batch waits for others at most, while an insert is under way; 0 joins none. @default 20 */
          readonly maxDelayMs?: number | undefined;
          /** Bars in one such insert at most. @default 100000 */
          readonly maxRows?: number | undefined;
        }
      | undefined;
    /** What another process is told about the one that holds the directory. @default 'market data service' */
    readonly command?: string | undefined;
  };
  /** With a `url` the cache is a Redis server, otherwise this process. */
  readonly redis?: CacheOptions | undefined;
  readonly spool?: {
    /** What waiting batches may take on the disk. @default 1073741824 */
    readonly maxBytes?: number | undefined;
  };
}

/**
 * The stores of a process: ClickHouse, a server's or embedded (chDB) in a directory, and a cache on a Redis server or in
 * memory. Nothing is opened before {@link DatabaseManager.connect}, which does not fail because Redis is away.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidDatabase`, for a name of a database or a cluster that is no
 * identifier, and for a cluster without a server; `invalidSetting` for a Redis URL that is none.
 */
export function createDatabaseManager(options: DatabaseManagerOptions): DatabaseManager {
  return new DefaultDatabaseManager(options);
}

/** An engine that is open. */
type OpenEngine = SqlEngine & { close(): Promise<void> };

class DefaultDatabaseManager implements DatabaseManager {
  readonly clickhouse: MarketDataStore;
  readonly corporateActions: CorporateActionStore;
  readonly transfer: MarketDataTransfer;
  readonly maintenance: MarketDataMaintenance;
  readonly coverage: CoverageReader;
  readonly redis: Cache;
  readonly spool: BatchSpool;
  readonly healthChecks: readonly HealthCheck[];
  readonly #options: DatabaseManagerOptions;
  readonly #database: string;
  readonly #cache: ManagedCache;
  #connecting: Promise<OpenEngine> | undefined;
  #engine: OpenEngine | undefined;

  constructor(options: DatabaseManagerOptions) {
    this.#options = options;
    this.#database = options.clickhouse.database ?? defaultDatabase;
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
    const coalescing = {
      clock: options.clock,
      maxDelayMs: options.clickhouse.coalescing?.maxDelayMs ?? 20,
      maxRows: options.clickhouse.coalescing?.maxRows ?? 100_000,
    };
    const newSeries = new NewSeries();
    this.clickhouse = new ClickHouseStore({
      engine: () => this.#connectedEngine(),
      database: this.#database,
      coalescing,
      newSeries,
    });
    this.corporateActions = new CorporateActionTables({
      engine: () => this.#connectedEngine(),
      database: this.#database,
    });
    this.transfer = createMarketDataTransfer({
      engine: () => this.#connectedEngine(),
      database: this.#database,
      store: this.clickhouse,
    });
    this.maintenance = createMarketDataMaintenance({
      engine: () => this.#connectedEngine(),
      database: this.#database,
      cluster,
      dataDirectory: dataDirectoryOf(options),
    });
    this.coverage = new ClickHouseCoverage({
      engine: () => this.#connectedEngine(),
      database: this.#database,
      coalescing,
      newSeries,
    });
    this.#cache = createCache({ ...options.redis, clock: options.clock, monitoring: options.monitoring });
    this.redis = this.#cache.cache;
    this.spool = new SqliteSpool({
      path: join(dataDirectoryOf(options), spoolFile(this.#database)),
      clock: options.clock,
      maxBytes: options.spool?.maxBytes ?? 1024 ** 3,
    });
    this.healthChecks = [
      {
        name: 'clickhouse',
        critical: true,
        check: ({ signal }) => reportParts(this.#connectedEngine(), this.#database, signal),
      },
      this.#cache.healthCheck,
      spoolHealthCheck(this.spool, options.clock, 'sqlite'),
    ];
  }

  async connect(): Promise<void> {
    this.#connecting ??= this.#connect();
    try {
      [this.#engine] = await Promise.all([this.#connecting, this.#cache.connect()]);
    } catch (error) {
      this.#connecting = undefined;
      await this.#cache.close();
      throw error;
    }
  }

  async #connect(): Promise<OpenEngine> {
    const engine = await this.#openEngine();
    try {
      await this.spool.open();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async #openEngine(): Promise<OpenEngine> {
    const { clock, clickhouse } = this.#options;
    if (clickhouse.url === undefined) {
      return await EmbeddedEngine.open({
        dataDirectory: dataDirectoryOf(this.#options),
        clock,
        lockTimeoutMs: clickhouse.lockTimeoutMs ?? 5000,
        command: clickhouse.command ?? 'market data service',
      });
    }
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
    await this.spool.close();
    await Promise.all([engine?.close(), this.#cache.close()]);
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

const defaultDatabase = 'market_data';

/** Each database has a spool of its own: what waits for one must not be replayed into another. */
function spoolFile(database: string): string {
  return database === defaultDatabase ? 'spool.db' : `spool-${database}.db`;
}

/** Where the embedded engine and the spool live. */
function dataDirectoryOf({ clickhouse }: DatabaseManagerOptions): string {
  return clickhouse.dataDirectory ?? './.market-data';
}
