import {
  type ConfigurationSection,
  type ErrorDecision,
  Redacted,
  type ServiceErrorKind,
} from '@quantumtrade/core-traits';
import { type MaintainedTable, maintainedTables, parseRedisAddress } from '@quantumtrade/database-abstraction';
import { calendarOf, exchanges } from '@quantumtrade/market-calendar';
import { type Interval, intervals, intradayMilliseconds, parseSymbol } from '@quantumtrade/shared-types';
import { z } from 'zod';
import { parseExchangeChoice } from '../coverage/exchange-of.ts';
import { dueTimes } from '../schedule/due-times.ts';
import { decimalNumber, flag, limit, list, rate, tables, text, wholeNumber, word } from './fields.ts';

/** The vendor: where it is, the key, and how it is asked. */
export interface AlphaVantageSection {
  readonly api_key?: Redacted<string> | undefined;
  /** The whole endpoint, `/query` included; https, or http on the loopback. */
  readonly base_url?: string | undefined;
  readonly timeout_seconds: number;
  /** Retries after the first try of a request that failed in passing. */
  readonly max_retries: number;
  readonly default_output_size: 'compact' | 'full';
  readonly bar_label: 'start' | 'end';
  readonly datatype: 'json' | 'csv';
  /** Intraday bars before and after the regular session. */
  readonly extended_hours: boolean;
  /** The freshness that the plan includes; end of day when left out. */
  readonly entitlement?: 'realtime' | 'delayed' | undefined;
}

/** The second vendor: where it is, its two keys, and how it is asked. */
export interface AlpacaSection {
  readonly api_key_id?: Redacted<string> | undefined;
  readonly api_secret_key?: Redacted<string> | undefined;
  /** The address before `/v2` and `/v1beta3`; https, or http on the loopback. */
  readonly base_url?: string | undefined;
  readonly feed: 'iex' | 'sip' | 'delayed_sip';
  readonly timeout_seconds: number;
  /** Retries after the first try of a request that failed in passing. */
  readonly max_retries: number;
  readonly default_output_size: 'compact' | 'full';
  /** The most pages of one request. */
  readonly max_pages: number;
  /** What the plan allows in any 60 seconds. */
  readonly calls_per_minute: number | 'none';
}

/** What the key allows. The sandbox is not limited. */
export interface RateLimitsSection {
  readonly calls_per_second: number | 'none';
  readonly calls_per_minute: number | 'none';
  /** 25 unless the key is premium; premium keys have no daily limit. */
  readonly calls_per_day?: number | 'none' | undefined;
  readonly is_premium: boolean;
  /** Processes that use the key: each keeps to its part where they do not count together. */
  readonly processes?: number | undefined;
  /** How long a refusal of what the plan does not hold is believed. */
  readonly remember_refusals_days: number;
}

export interface CollectionSection {
  /** The vendor that is asked, by its name in the registry. */
  readonly source: string;
  readonly default_symbols: readonly string[];
  /** Collected before others. */
  readonly priority_symbols: readonly string[];
  readonly concurrent_collections: number;
  /** One collection ends within this, waits included. */
  readonly deadline_seconds: number;
  readonly data_quality: {
    readonly min_quality_score: number;
    readonly enable_validation: boolean;
    readonly max_price_deviation_percent: number;
    readonly min_volume_threshold: number;
    readonly enable_deduplication: boolean;
  };
}

/** How failures are answered. */
export interface ErrorsSection {
  /** Attempts in all for every step but `fetch`; `alpha_vantage.max_retries` and one when left out. */
  readonly max_attempts?: number | undefined;
  /** Upper bound of the wait after the first attempt; it doubles with each further one. */
  readonly base_delay_ms: number;
  readonly max_delay_ms: number;
  /** The first rule that matches wins; what it leaves out matches everything. */
  readonly rules: readonly {
    readonly kind?: ServiceErrorKind | undefined;
    readonly reason?: string | undefined;
    readonly operation?: 'fetch' | 'process' | 'store' | undefined;
    readonly action: ErrorDecision['action'];
    readonly max_attempts?: number | undefined;
  }[];
  readonly retry_budget: {
    /** Retries for each request whose first attempt failed. */
    readonly ratio: number;
    readonly min_retries_per_minute: number;
  };
}

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

/** When a scheduled task is due. */
interface TaskTiming {
  readonly enabled: boolean;
  /** Minute, hour, day of month, month, day of week, by the clocks of the exchange. */
  readonly cron: string;
  /** Only on days with a session, and not before its close. */
  readonly after_sessions: boolean;
}

/** What is done by itself, and when. */
export interface ScheduleSection {
  /** Whether a daemon runs it. */
  readonly enabled: boolean;
  /** Whose clocks and sessions count. */
  readonly exchange: string;
  /** Whether what was due while nothing ran is run at the start, once. */
  readonly catch_up: boolean;
  /** How long a replica that gives no sign of life keeps a run. */
  readonly lease_seconds: number;
  /** Wait before a run is tried for again that another replica has, or while Redis is away. */
  readonly retry_seconds: number;
  /** `collection.priority_symbols` and `collection.default_symbols` when empty. */
  readonly symbols: readonly string[];
  readonly daily: TaskTiming & { readonly intervals: readonly Interval[] };
  readonly weekly: TaskTiming & {
    readonly intervals: readonly Interval[];
    /** Dividends and splits too, where the vendor offers them: a call for each list. */
    readonly actions: boolean;
  };
  readonly backfill: TaskTiming & {
    /** Intraday ones; nothing is gathered when there is none. */
    readonly intervals: readonly Interval[];
    /** How many complete months there should be. */
    readonly months: number;
  };
  readonly maintenance: TaskTiming & {
    readonly optimise: boolean;
    readonly clean_up: boolean;
    /** Everything is kept when there is none. */
    readonly retention: readonly {
      readonly table: MaintainedTable;
      readonly interval?: Interval | undefined;
      readonly days: number;
    }[];
  };
}

/** How jobs are worked through. */
export interface JobsSection {
  /** Items that begin in a second, at most, in one process. */
  readonly items_per_second: number | 'none';
  /** Items under way at once, in one process. */
  readonly workers: number;
  /** How long an item stays with a process that gives no sign of life. */
  readonly lease_seconds: number;
  /** Attempts of an item before it is a dead letter. */
  readonly max_attempts: number;
  /** How long jobs are kept that have ended, in days. */
  readonly keep_days: number;
  /** Items of jobs that have ended, at most; the job that ended last is kept whatever its size. */
  readonly keep_items: number;
  /** Redis list onto which other services push jobs. */
  readonly pushed_list: string;
  /** Redis stream of the events of jobs. */
  readonly event_stream: string;
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

/** What the ledger of completeness believes, and how long it waits. */
export interface CoverageSection {
  /** A session that is pending for longer is reported as a failure. */
  readonly max_pending_days: number;
  /** Refusals in a row after which a request is not worth another call. */
  readonly refused_after: number;
  /** How long after its close an answer may still lack a session's bars. */
  readonly settle_hours: number;
  /** How old the end of a full history is once nothing is traded any more. */
  readonly delisted_after_days: number;
  /** Whether bars before and after the session are expected too. */
  readonly extended_hours: boolean;
  /** `SYMBOL=EXCHANGE` or `.ENDING=EXCHANGE`, beside the known ones. */
  readonly exchanges: readonly string[];
}

export interface LoggingSection {
  /** `info` for a service, `warn` for a command when left out. */
  readonly level?: 'silent' | 'error' | 'warn' | 'info' | undefined;
  /** `json` when left out; `text` on a terminal. */
  readonly format?: 'json' | 'text' | undefined;
}

/** The HTTP interface of the daemon. */
export interface HttpSection {
  /** Address to listen on; beyond the loopback a token is needed. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Allows everything. */
  readonly token?: Redacted<string> | undefined;
  /** Allows reading only. */
  readonly read_token?: Redacted<string> | undefined;
  /** Names that clients may use for this host, beside `localhost`, IP addresses and `host`. */
  readonly allowed_hosts: readonly string[];
  readonly max_body_bytes: number;
  readonly max_header_bytes: number;
  readonly max_connections: number;
  readonly max_event_streams: number;
  /** Of one client address. */
  readonly requests_per_minute: number | 'none';
  /** How long a client may take to send a request. */
  readonly request_timeout_seconds: number;
  /** How long collections may go on after a signal to stop. */
  readonly drain_seconds: number;
}

const symbols = list().transform((values, context) => {
  try {
    return values.map(parseSymbol);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether nobody but this machine can reach a host's port. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

const endpoint = text().superRefine((value, context) => {
  const url = URL.parse(value);
  const allowed =
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)));
  if (!allowed) {
    context.addIssue({ code: 'custom', message: 'expected an https address (plain http only on the loopback)' });
  } else if (url.search !== '' || url.username !== '' || url.password !== '') {
    context.addIssue({ code: 'custom', message: 'expected an address without a query and without credentials' });
  }
});

const server = text().superRefine((value, context) => {
  const url = URL.parse(value);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search + url.hash === '';
  if (!plain || url.username !== '' || url.password !== '') {
    const message =
      'expected http(s)://host:port and nothing else: user, password and database are settings of their own';
    context.addIssue({ code: 'custom', message });
  }
});

const quality = z.strictObject({
  min_quality_score: decimalNumber(0, 100).default(70),
  enable_validation: flag().default(true),
  max_price_deviation_percent: decimalNumber(0).default(10),
  min_volume_threshold: decimalNumber(0).default(1000),
  enable_deduplication: flag().default(true),
});

export const alphaVantageSection: ConfigurationSection<AlphaVantageSection> = section(
  'alpha_vantage',
  z.strictObject({
    api_key: z.instanceof(Redacted<string>).optional(),
    base_url: endpoint.optional(),
    timeout_seconds: decimalNumber(0.001, 86_400).default(30),
    max_retries: wholeNumber(0, 100).default(3),
    default_output_size: word(['compact', 'full']).default('compact'),
    bar_label: word(['start', 'end']).default('start'),
    datatype: word(['json', 'csv']).default('json'),
    extended_hours: flag().default(true),
    entitlement: word(['realtime', 'delayed']).optional(),
  }),
  ['api_key'],
);

export const alpacaSection: ConfigurationSection<AlpacaSection> = section(
  'alpaca',
  z.strictObject({
    api_key_id: z.instanceof(Redacted<string>).optional(),
    api_secret_key: z.instanceof(Redacted<string>).optional(),
    base_url: endpoint.optional(),
    feed: word(['iex', 'sip', 'delayed_sip']).default('iex'),
    timeout_seconds: decimalNumber(0.001, 86_400).default(30),
    max_retries: wholeNumber(0, 100).default(3),
    default_output_size: word(['compact', 'full']).default('compact'),
    max_pages: wholeNumber(1, 1000).default(50),
    calls_per_minute: limit().default(200),
  }),
  ['api_key_id', 'api_secret_key'],
);

export const rateLimitsSection: ConfigurationSection<RateLimitsSection> = section(
  'rate_limits',
  z.strictObject({
    calls_per_second: rate().default(1),
    calls_per_minute: limit().default('none'),
    calls_per_day: limit().optional(),
    is_premium: flag().default(false),
    processes: wholeNumber(1, 10_000).optional(),
    remember_refusals_days: decimalNumber(0, 3650).default(7),
  }),
);

export const collectionSection: ConfigurationSection<CollectionSection> = section(
  'collection',
  z.strictObject({
    source: text().default('alpha_vantage'),
    default_symbols: symbols.default(['AAPL', 'GOOGL', 'MSFT', 'AMZN', 'TSLA']),
    priority_symbols: symbols.default(['SPY', 'QQQ']),
    concurrent_collections: wholeNumber(1, 1000).default(5),
    deadline_seconds: decimalNumber(0.001, 86_400).default(60),
    data_quality: quality.prefault({}),
  }),
);

const attempts = () => wholeNumber(1, 100).optional();

const errorRule = z
  .strictObject({
    kind: word(['configuration', 'database', 'externalApi', 'rateLimit', 'dataQuality', 'system']).optional(),
    reason: text().optional(),
    operation: word(['fetch', 'process', 'store']).optional(),
    action: word(['retry', 'useCache', 'useDefault', 'fail']),
    max_attempts: attempts(),
  })
  .refine(({ action, max_attempts }) => action === 'retry' || max_attempts === undefined, {
    path: ['max_attempts'],
    error: 'goes with action "retry" only',
  });

export const errorsSection: ConfigurationSection<ErrorsSection> = section(
  'errors',
  z
    .strictObject({
      max_attempts: attempts(),
      base_delay_ms: wholeNumber(0, 3_600_000).default(2_000),
      max_delay_ms: wholeNumber(0, 3_600_000).default(10_000),
      rules: tables(errorRule).default([]),
      retry_budget: z
        .strictObject({
          ratio: decimalNumber(0, 10).default(0.2),
          min_retries_per_minute: wholeNumber(0, 1_000_000).default(10),
        })
        .prefault({}),
    })
    .refine(({ base_delay_ms, max_delay_ms }) => base_delay_ms <= max_delay_ms, {
      path: ['base_delay_ms'],
      error: 'must not be above errors.max_delay_ms',
    }),
);

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

const cron = (): z.ZodType<string> =>
  text().superRefine((value, context) => {
    try {
      dueTimes({ cron: value, calendar: calendarOf('XNYS'), afterSessions: false });
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

const intradayIntervals = intervals.filter((interval) => intradayMilliseconds(interval) !== undefined);

const intervalList = (allowed: readonly Interval[] = intervals, atLeast = 1): z.ZodType<Interval[]> =>
  list().transform((values, context) => {
    const known = values.filter((value): value is Interval => allowed.some((interval) => interval === value));
    if (known.length === values.length && known.length >= atLeast) return known;
    context.addIssue({ code: 'custom', message: `expected some of ${allowed.join(', ')}` });
    return z.NEVER;
  });

const timing = (at: string, afterSessions: boolean) => ({
  enabled: flag().default(true),
  cron: cron().default(at),
  after_sessions: flag().default(afterSessions),
});

const retentionRule = z.strictObject({
  table: word(maintainedTables),
  interval: word(intervals).optional(),
  days: decimalNumber(1, 36_500),
});

export const scheduleSection: ConfigurationSection<ScheduleSection> = section(
  'schedule',
  z.strictObject({
    enabled: flag().default(true),
    exchange: word(exchanges).default('XNYS'),
    catch_up: flag().default(true),
    lease_seconds: decimalNumber(0.05, 3600).default(30),
    retry_seconds: decimalNumber(0.01, 3600).default(15),
    symbols: symbols.default([]),
    daily: z
      .strictObject({ ...timing('30 16 * * 1-5', true), intervals: intervalList().default(['daily']) })
      .prefault({}),
    weekly: z
      .strictObject({
        ...timing('0 22 * * 0', false),
        intervals: intervalList().default(['weekly', 'monthly']),
        actions: flag().default(true),
      })
      .prefault({}),
    backfill: z
      .strictObject({
        ...timing('0 1 * * *', false),
        intervals: intervalList(intradayIntervals, 0).default([]),
        months: wholeNumber(1, 300).default(12),
      })
      .prefault({}),
    maintenance: z
      .strictObject({
        ...timing('0 3 * * *', false),
        optimise: flag().default(true),
        clean_up: flag().default(true),
        retention: tables(retentionRule).default([]),
      })
      .prefault({}),
  }),
);

export const jobsSection: ConfigurationSection<JobsSection> = section(
  'jobs',
  z.strictObject({
    items_per_second: rate().default(2),
    workers: wholeNumber(1, 1000).default(4),
    lease_seconds: decimalNumber(0.05, 3600).default(30),
    max_attempts: wholeNumber(1, 1000).default(5),
    keep_days: decimalNumber(0, 36_500).default(30),
    keep_items: wholeNumber(0, 1_000_000).default(10_000),
    pushed_list: text().default('market-data:jobs'),
    event_stream: text().default('market-data:job-events'),
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

const exchangeChoices = list().superRefine((values, context) => {
  const wrong = values.find((value) => parseExchangeChoice(value) === undefined);
  if (wrong === undefined) return;
  const expected = 'expected SYMBOL=EXCHANGE or .ENDING=EXCHANGE with XNYS, XNAS, XLON, XTSE, XHKG, 24/7 or 24/5';
  context.addIssue({ code: 'custom', message: `${expected}, not ${JSON.stringify(wrong)}` });
});

export const coverageSection: ConfigurationSection<CoverageSection> = section(
  'coverage',
  z.strictObject({
    max_pending_days: decimalNumber(0, 36_500).default(7),
    refused_after: wholeNumber(1, 1000).default(3),
    settle_hours: decimalNumber(0, 8760).default(24),
    delisted_after_days: decimalNumber(1, 36_500).default(30),
    extended_hours: flag().default(false),
    exchanges: exchangeChoices.prefault([]),
  }),
);

export const loggingSection: ConfigurationSection<LoggingSection> = section(
  'logging',
  z.strictObject({
    level: word(['silent', 'error', 'warn', 'info']).optional(),
    format: word(['json', 'text']).optional(),
  }),
);

const secretToken = () =>
  z
    .instanceof(Redacted<string>)
    .refine((token) => /^[\x21-\x7e]{16,256}$/.test(token.reveal()), {
      error: 'expected 16 to 256 letters, digits and signs without blanks',
    })
    .optional();

export const httpSection: ConfigurationSection<HttpSection> = section(
  'http',
  z
    .strictObject({
      host: text().default('127.0.0.1'),
      port: wholeNumber(0, 65_535).default(8080),
      token: secretToken(),
      read_token: secretToken(),
      allowed_hosts: list().default([]),
      max_body_bytes: wholeNumber(1, 104_857_600).default(65_536),
      max_header_bytes: wholeNumber(1024, 1_048_576).default(16_384),
      max_connections: wholeNumber(1, 100_000).default(500),
      max_event_streams: wholeNumber(1, 100_000).default(100),
      requests_per_minute: limit().default(60_000),
      request_timeout_seconds: decimalNumber(0.01, 3600).default(10),
      drain_seconds: decimalNumber(0, 3600).default(5),
    })
    .refine(({ host, token, read_token }) => isLoopback(host) || (token ?? read_token) !== undefined, {
      path: ['host'],
      error: 'beyond the loopback needs http.token or http.read_token',
    }),
  ['token', 'read_token'],
);

/** Every section of the service, for a configuration provider to check together. */
export const sections: readonly ConfigurationSection<unknown>[] = [
  alphaVantageSection,
  alpacaSection,
  rateLimitsSection,
  collectionSection,
  errorsSection,
  storageSection,
  redisSection,
  spoolSection,
  scheduleSection,
  jobsSection,
  clickhouseSection,
  coverageSection,
  loggingSection,
  httpSection,
];

/** Short names of settings in the environment. */
export const environmentAliases: Readonly<Record<string, string>> = {
  ALPHA_VANTAGE_API_KEY: 'alpha_vantage.api_key',
  ALPHA_VANTAGE_BASE_URL: 'alpha_vantage.base_url',
  APCA_API_KEY_ID: 'alpaca.api_key_id',
  APCA_API_SECRET_KEY: 'alpaca.api_secret_key',
  MARKET_DATA_DIR: 'storage.data_directory',
  REDIS_URL: 'redis.url',
  CLICKHOUSE_URL: 'clickhouse.url',
  CLICKHOUSE_DATABASE: 'storage.database',
  CLICKHOUSE_USER: 'clickhouse.username',
  CLICKHOUSE_USERNAME: 'clickhouse.username',
  CLICKHOUSE_PASSWORD: 'clickhouse.password',
};

/** The prefix of `MARKET_DATA_<SECTION>__<KEY>`. */
export const environmentPrefix = 'MARKET_DATA_';

/** A section whose known keys are read off its schema, so that the two cannot drift apart. */
function section<T>(path: string, schema: z.ZodObject, secrets: readonly string[] = []): ConfigurationSection<T> {
  return { path, schema: schema as unknown as z.ZodType<T>, keys: keysOf(schema), secrets };
}

function keysOf(schema: z.ZodObject, prefix = ''): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = field instanceof z.ZodPrefault ? field.unwrap() : field;
    return inner instanceof z.ZodObject ? keysOf(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}
