import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { parseRedisAddress } from '@quantumtrade/database-abstraction';
import { z } from 'zod';
import { decimalNumber, text, wholeNumber } from './fields.ts';
import { section } from './section.ts';

export interface StorageSection {
  /** Directory of the embedded engine. */
  readonly data_directory: string;
  readonly database: string;
  /** Batches that come at a time are written in one insert, by the embedded engine. */
  readonly coalesce: {
    /** What a batch waits for others at most, while an insert is under way; 0 joins none. */
    readonly max_delay_ms: number;
    /** Bars in one such insert at most. */
    readonly max_rows: number;
  };
}

/** A ClickHouse server; without a `url` the embedded engine is used. */
export interface ClickHouseSection {
  readonly url?: string | undefined;
  readonly username: string;
  readonly password?: Redacted<string> | undefined;
  /** A cluster of the server, over which tables are replicated and distributed. */
  readonly cluster?: string | undefined;
  readonly connect_timeout_seconds: number;
  readonly query_timeout_seconds: number;
  readonly max_connections: number;
  /** How often a request whose connection failed is sent again, where that is safe. */
  readonly retries: number;
}

/** The cache. */
export interface RedisSection {
  /** With it a Redis server is the cache, without it this process. It may hold a password. */
  readonly url?: Redacted<string> | undefined;
  /** Stands before every key on the server. */
  readonly key_prefix?: string | undefined;
  readonly default_ttl_seconds: number;
  readonly connect_timeout_seconds: number;
  /** What one call to the server may take. */
  readonly command_timeout_ms: number;
}

/** Where accepted batches wait while the store is away. */
export interface SpoolSection {
  /** What waiting batches may take on the disk of the data directory. */
  readonly max_bytes: number;
  /** Wait after a failed try to replay; it doubles with each further one, up to `max_probe_seconds`. */
  readonly probe_seconds: number;
  readonly max_probe_seconds: number;
  readonly replay_batches_per_second: number;
}

const server = text().superRefine((value, context) => {
  const url = URL.parse(value);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search + url.hash === '';
  if (!plain || url.username !== '' || url.password !== '') {
    const message =
      'expected http(s)://host:port and nothing else: user, password and database are settings of their own';
    context.addIssue({ code: 'custom', message });
  }
});

export const storageSection: ConfigurationSection<StorageSection> = section(
  'storage',
  z.strictObject({
    data_directory: text().default('./.market-data'),
    database: text().default('market_data'),
    coalesce: z
      .strictObject({
        max_delay_ms: wholeNumber(0, 60_000).default(20),
        max_rows: wholeNumber(1, 1_000_000).default(100_000),
      })
      .prefault({}),
  }),
);

export const clickhouseSection: ConfigurationSection<ClickHouseSection> = section(
  'clickhouse',
  z
    .strictObject({
      url: server.optional(),
      username: text().default('default'),
      password: z.instanceof(Redacted<string>).optional(),
      cluster: text().optional(),
      connect_timeout_seconds: decimalNumber(0.001, 86_400).default(30),
      query_timeout_seconds: decimalNumber(0.001, 86_400).default(60),
      max_connections: wholeNumber(1, 10_000).default(100),
      retries: wholeNumber(0, 100).default(3),
    })
    .refine(({ url, cluster }) => url !== undefined || cluster === undefined, {
      path: ['cluster'],
      error: 'goes with clickhouse.url only',
    }),
  ['password'],
);

const redisUrl = z.instanceof(Redacted<string>).superRefine((value, context) => {
  try {
    parseRedisAddress(value.reveal());
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

export const redisSection: ConfigurationSection<RedisSection> = section(
  'redis',
  z.strictObject({
    url: redisUrl.optional(),
    key_prefix: text().optional(),
    default_ttl_seconds: wholeNumber(1, 31_536_000).default(3600),
    connect_timeout_seconds: decimalNumber(0.001, 60).default(2),
    command_timeout_ms: wholeNumber(1, 10_000).default(250),
  }),
  ['url'],
);

export const spoolSection: ConfigurationSection<SpoolSection> = section(
  'spool',
  z
    .strictObject({
      max_bytes: wholeNumber(1).default(1024 ** 3),
      probe_seconds: decimalNumber(0.001, 3600).default(5),
      max_probe_seconds: decimalNumber(0.001, 3600).default(15),
      replay_batches_per_second: decimalNumber(0.001, 1_000_000).default(50),
    })
    .refine(({ probe_seconds, max_probe_seconds }) => probe_seconds <= max_probe_seconds, {
      path: ['probe_seconds'],
      error: 'must not be above spool.max_probe_seconds',
    }),
);
