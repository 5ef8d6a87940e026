import { createConfigurationProvider } from '@quantumtrade/core-defaults';
import {
  type ConfigurationProvider,
  type ConfigurationSection,
  isServiceError,
  Redacted,
} from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { collectionSection, errorsSection } from './collection-sections.ts';
import { loggingSection } from './daemon-sections.ts';
import { errorPolicyOf } from './error-policy.ts';
import { environmentAliases, environmentPrefix, sections } from './sections.ts';
import { clickhouseSection, redisSection, spoolSection, storageSection } from './storage-sections.ts';
import { alpacaSection, alphaVantageSection, rateLimitsSection } from './vendor-sections.ts';
import { scheduleSection } from './work-sections.ts';

type Environment = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;

function configure(environment: Environment, overrides: Values = {}): ConfigurationProvider {
  return createConfigurationProvider({
    sections,
    environment,
    environmentPrefix,
    aliases: environmentAliases,
    overrides,
  });
}

function problemOf(environment: Environment, overrides?: Values): string {
  try {
    configure(environment, overrides);
  } catch (error) {
    if (isServiceError(error) && error.kind === 'configuration') return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const variable = (path: string): string => `${environmentPrefix}${path.replaceAll('.', '__').toUpperCase()}`;

/** What stands at a dotted path below the validated section. */
function read(configuration: ConfigurationProvider, section: ConfigurationSection<unknown>, key: string): unknown {
  let value: unknown = configuration.getConfigSection(section);
  for (const part of key.split('.')) value = (value as Record<string, unknown>)[part];
  return value instanceof Redacted ? `secret ${value.reveal()}` : value;
}

describe('the defaults', () => {
  const configuration = configure({});

  it('of alpha_vantage', () => {
    expect(configuration.getConfigSection(alphaVantageSection)).toEqual({
      timeout_seconds: 30,
      max_retries: 3,
      default_output_size: 'compact',
      bar_label: 'start',
      datatype: 'json',
      extended_hours: true,
    });
  });

  it('of alpaca', () => {
    expect(configuration.getConfigSection(alpacaSection)).toEqual({
      feed: 'iex',
      timeout_seconds: 30,
      max_retries: 3,
      default_output_size: 'compact',
      max_pages: 50,
      calls_per_minute: 200,
    });
  });

  it('of rate_limits; the calls of a day depend on the key', () => {
    expect(configuration.getConfigSection(rateLimitsSection)).toEqual({
      calls_per_second: 1,
      calls_per_minute: 'none',
      is_premium: false,
      remember_refusals_days: 7,
    });
  });

  it('of collection', () => {
    expect(configuration.getConfigSection(collectionSection)).toEqual({
      source: 'alpha_vantage',
      default_symbols: ['AAPL', 'GOOGL', 'MSFT', 'AMZN', 'TSLA'],
      priority_symbols: ['SPY', 'QQQ'],
      concurrent_collections: 5,
      deadline_seconds: 60,
      data_quality: {
        min_quality_score: 70,
        enable_validation: true,
        max_price_deviation_percent: 10,
        min_volume_threshold: 1000,
        enable_deduplication: true,
      },
    });
  });

  it('of errors', () => {
    expect(configuration.getConfigSection(errorsSection)).toEqual({
      base_delay_ms: 2_000,
      max_delay_ms: 10_000,
      rules: [],
      retry_budget: { ratio: 0.2, min_retries_per_minute: 10 },
    });
  });

  it('of storage, the spool and logging', () => {
    expect(configuration.getConfigSection(storageSection)).toEqual({
      data_directory: './.market-data',
      database: 'market_data',
      coalesce: { max_delay_ms: 20, max_rows: 100_000 },
    });
    expect(configuration.getConfigSection(spoolSection)).toEqual({
      max_bytes: 1024 ** 3,
      probe_seconds: 5,
      max_probe_seconds: 15,
      replay_batches_per_second: 50,
    });
    expect(configuration.getConfigSection(loggingSection)).toEqual({});
  });

  it('of the schedule', () => {
    const timing = { enabled: true, after_sessions: false };
    expect(configuration.getConfigSection(scheduleSection)).toEqual({
      enabled: true,
      exchange: 'XNYS',
      catch_up: true,
      lease_seconds: 30,
      retry_seconds: 15,
      symbols: [],
      daily: { enabled: true, cron: '30 16 * * 1-5', after_sessions: true, intervals: ['daily'] },
      weekly: { ...timing, cron: '0 22 * * 0', intervals: ['weekly', 'monthly'], actions: true },
      backfill: { ...timing, cron: '0 1 * * *', intervals: [], months: 12 },
      maintenance: { ...timing, cron: '0 3 * * *', optimise: true, clean_up: true, retention: [] },
    });
  });

  it('of redis', () => {
    expect(configuration.getConfigSection(redisSection)).toEqual({
      default_ttl_seconds: 3600,
      connect_timeout_seconds: 2,
      command_timeout_ms: 250,
    });
  });
});

/** A text that differs from the default for every setting there is, and what it means. */
const settings: readonly (readonly [path: string, text: string, value: unknown])[] = [
  ['alpha_vantage.api_key', 'K1', 'secret K1'],
  ['alpha_vantage.base_url', 'https://vendor.example/query', 'https://vendor.example/query'],
  ['alpha_vantage.timeout_seconds', '2.5', 2.5],
  ['alpha_vantage.max_retries', ' 0 ', 0],
  ['alpha_vantage.default_output_size', 'full', 'full'],
  ['alpha_vantage.bar_label', 'end', 'end'],
  ['alpha_vantage.datatype', 'csv', 'csv'],
  ['alpha_vantage.extended_hours', 'false', false],
  ['alpha_vantage.entitlement', 'delayed', 'delayed'],
  ['alpaca.api_key_id', 'K2', 'secret K2'],
  ['alpaca.api_secret_key', 'S2', 'secret S2'],
  ['alpaca.base_url', 'https://vendor.example', 'https://vendor.example'],
  ['alpaca.feed', 'sip', 'sip'],
  ['alpaca.timeout_seconds', '2.5', 2.5],
  ['alpaca.max_retries', '0', 0],
  ['alpaca.default_output_size', 'full', 'full'],
  ['alpaca.max_pages', '3', 3],
  ['alpaca.calls_per_minute', '1000', 1000],
  ['rate_limits.calls_per_second', '0.5', 0.5],
  ['rate_limits.calls_per_minute', '75', 75],
  ['rate_limits.calls_per_day', '500', 500],
  ['rate_limits.is_premium', 'TRUE', true],
  ['rate_limits.processes', '3', 3],
  ['rate_limits.remember_refusals_days', '0.5', 0.5],
  ['collection.source', 'alpaca', 'alpaca'],
  ['collection.default_symbols', 'ibm, brk.b ,', ['IBM', 'BRK.B']],
  ['collection.priority_symbols', 'dia', ['DIA']],
  ['collection.concurrent_collections', '10', 10],
  ['collection.deadline_seconds', '0.25', 0.25],
  ['collection.data_quality.min_quality_score', '99.5', 99.5],
  ['collection.data_quality.enable_validation', 'false', false],
  ['collection.data_quality.max_price_deviation_percent', '7.5', 7.5],
  ['collection.data_quality.min_volume_threshold', '0', 0],
  ['collection.data_quality.enable_deduplication', ' False ', false],
  ['errors.max_attempts', '2', 2],
  ['errors.base_delay_ms', '0', 0],
  ['errors.max_delay_ms', '60000', 60_000],
  ['errors.rules', '[{"kind":"database","action":"fail"}]', [{ kind: 'database', action: 'fail' }]],
  ['errors.retry_budget.ratio', '0.5', 0.5],
  ['errors.retry_budget.min_retries_per_minute', '0', 0],
  ['storage.data_directory', '/var/lib/market data', '/var/lib/market data'],
  ['storage.database', 'bars', 'bars'],
  ['storage.coalesce.max_delay_ms', '0', 0],
  ['storage.coalesce.max_rows', '5000', 5000],
  ['redis.url', 'rediss://user:K1@cache.example/1', 'secret rediss://user:K1@cache.example/1'],
  ['redis.key_prefix', 'team:', 'team:'],
  ['redis.default_ttl_seconds', '60', 60],
  ['redis.connect_timeout_seconds', '0.5', 0.5],
  ['redis.command_timeout_ms', '100', 100],
  ['spool.max_bytes', '1048576', 1_048_576],
  ['spool.probe_seconds', '0.5', 0.5],
  ['spool.max_probe_seconds', '30', 30],
  ['spool.replay_batches_per_second', '2.5', 2.5],
  ['schedule.enabled', 'false', false],
  ['schedule.exchange', 'XLON', 'XLON'],
  ['schedule.catch_up', 'false', false],
  ['schedule.lease_seconds', '60', 60],
  ['schedule.retry_seconds', '2.5', 2.5],
  ['schedule.symbols', 'ibm, brk.b', ['IBM', 'BRK.B']],
  ['schedule.daily.enabled', 'false', false],
  ['schedule.daily.cron', '0,30 17 * * 1-5', '0,30 17 * * 1-5'],
  ['schedule.daily.after_sessions', 'false', false],
  ['schedule.daily.intervals', 'daily, 5min', ['daily', '5min']],
  ['schedule.weekly.enabled', 'false', false],
  ['schedule.weekly.cron', '0 6 * * 6', '0 6 * * 6'],
  ['schedule.weekly.after_sessions', 'true', true],
  ['schedule.weekly.intervals', 'weekly', ['weekly']],
  ['schedule.weekly.actions', 'false', false],
  ['schedule.backfill.enabled', 'false', false],
  ['schedule.backfill.cron', '0 2 * * *', '0 2 * * *'],
  ['schedule.backfill.after_sessions', 'true', true],
  ['schedule.backfill.intervals', '5min', ['5min']],
  ['schedule.backfill.months', '24', 24],
  ['schedule.maintenance.enabled', 'false', false],
  ['schedule.maintenance.cron', '0 4 1 * *', '0 4 1 * *'],
  ['schedule.maintenance.after_sessions', 'true', true],
  ['schedule.maintenance.optimise', 'false', false],
  ['schedule.maintenance.clean_up', 'false', false],
  [
    'schedule.maintenance.retention',
    '[{"table":"bars","interval":"1min","days":365}]',
    [{ table: 'bars', interval: '1min', days: 365 }],
  ],
  ['jobs.items_per_second', 'none', 'none'],
  ['jobs.workers', '8', 8],
  ['jobs.lease_seconds', '2.5', 2.5],
  ['jobs.max_attempts', '3', 3],
  ['jobs.keep_days', '7', 7],
  ['jobs.keep_items', '500', 500],
  ['jobs.pushed_list', 'a:list', 'a:list'],
  ['jobs.event_stream', 'a:stream', 'a:stream'],
  ['clickhouse.url', 'https://ch.example:8443', 'https://ch.example:8443'],
  ['clickhouse.username', 'market', 'market'],
  ['clickhouse.password', 'P1', 'secret P1'],
  ['clickhouse.cluster', 'main', 'main'],
  ['clickhouse.connect_timeout_seconds', '2.5', 2.5],
  ['clickhouse.query_timeout_seconds', '600', 600],
  ['clickhouse.max_connections', '10', 10],
  ['clickhouse.retries', '0', 0],
  ['coverage.max_pending_days', '0.5', 0.5],
  ['coverage.refused_after', '5', 5],
  ['coverage.settle_hours', '0', 0],
  ['coverage.delisted_after_days', '90', 90],
  ['coverage.extended_hours', 'true', true],
  ['coverage.exchanges', 'VOD=XLON, .dex=XLON', ['VOD=XLON', '.dex=XLON']],
  ['logging.level', 'silent', 'silent'],
  ['logging.format', 'text', 'text'],
  ['http.host', 'localhost', 'localhost'],
  ['http.port', '0', 0],
  ['http.token', 'a-token-for-everything', 'secret a-token-for-everything'],
  ['http.read_token', 'a-token-for-reading', 'secret a-token-for-reading'],
  ['http.allowed_hosts', 'market.example, bars.example', ['market.example', 'bars.example']],
  ['http.max_body_bytes', '1024', 1024],
  ['http.max_header_bytes', '8192', 8192],
  ['http.max_connections', '10', 10],
  ['http.max_event_streams', '5', 5],
  ['http.requests_per_minute', 'none', 'none'],
  ['http.request_timeout_seconds', '2.5', 2.5],
  ['http.drain_seconds', '0', 0],
];

describe('the environment', () => {
  it('reaches every setting that there is', () => {
    const paths = sections.flatMap(({ path, keys }) => keys.map((key) => `${path}.${key}`));
    expect(settings.map(([path]) => path)).toEqual(paths);
  });

  it.each(settings)('sets %s by its own variable', (path, text, value) => {
    const section = sections.find((candidate) => path.startsWith(`${candidate.path}.`));
    if (section === undefined) throw new Error(`no section has ${path}`);
    const key = path.slice(section.path.length + 1);
    expect(read(configure({}), section, key)).not.toEqual(value);
    // A cluster is nothing without a server.
    const others = path === 'clickhouse.cluster' ? { CLICKHOUSE_URL: 'http://localhost:8123' } : {};
    expect(read(configure({ ...others, [variable(path)]: text }), section, key)).toEqual(value);
  });

  it.each([
    ['ALPHA_VANTAGE_API_KEY', 'K2', alphaVantageSection, 'api_key', 'secret K2'],
    ['APCA_API_KEY_ID', 'I2', alpacaSection, 'api_key_id', 'secret I2'],
    ['APCA_API_SECRET_KEY', 'S2', alpacaSection, 'api_secret_key', 'secret S2'],
    ['ALPHA_VANTAGE_BASE_URL', 'http://127.0.0.1:8080/query', alphaVantageSection, 'base_url', undefined],
    ['MARKET_DATA_DIR', '/data', storageSection, 'data_directory', undefined],
    ['CLICKHOUSE_URL', 'http://localhost:8123', clickhouseSection, 'url', undefined],
    ['CLICKHOUSE_DATABASE', 'bars', storageSection, 'database', undefined],
    ['CLICKHOUSE_USER', 'market', clickhouseSection, 'username', undefined],
    ['CLICKHOUSE_USERNAME', 'market', clickhouseSection, 'username', undefined],
    ['CLICKHOUSE_PASSWORD', 'P2', clickhouseSection, 'password', 'secret P2'],
  ])('has the short name %s', (name, text, section, key, value = text) => {
    expect(read(configure({ [name]: text }), section, key)).toBe(value);
  });

  it.each(['calls_per_second', 'calls_per_minute', 'calls_per_day'])('lifts %s with the word none', (key) => {
    for (const text of ['none', ' None ']) {
      const configuration = configure({ [variable(`rate_limits.${key}`)]: text });
      expect(read(configuration, rateLimitsSection, key)).toBe('none');
    }
  });

  it('takes an empty variable for an absent one', () => {
    const empty = { ALPHA_VANTAGE_API_KEY: '', MARKET_DATA_RATE_LIMITS__IS_PREMIUM: '', MARKET_DATA_DIR: '' };
    expect(configure(empty).getConfigSection(alphaVantageSection)).not.toHaveProperty('api_key');
    expect(configure(empty).getConfigSection(storageSection).data_directory).toBe('./.market-data');
  });

  it.each([
    ['MARKET_DATA_ALPHA_VANTAGE__TIMEOUT_SECOND', 'alpha_vantage.timeout_seconds'],
    ['MARKET_DATA_COLLECTION__DATA_QUALITY__MIN_SCORE', 'collection.data_quality.min_quality_score'],
    ['MARKET_DATA_RATELIMITS__IS_PREMIUM', 'rate_limits.is_premium'],
  ])('suggests the nearest setting for %s', (name, path) => {
    const message = problemOf({ [name]: '1' });
    expect(message).toContain(`environment ${name}`);
    expect(message).toContain(`did you mean ${path} (${variable(path)})?`);
  });
});

describe('typed values, as a file has them', () => {
  it('are taken as they are', () => {
    const configuration = configure(
      {},
      {
        alpha_vantage: { timeout_seconds: 5, max_retries: 1 },
        rate_limits: { calls_per_minute: 75, calls_per_day: 'none', is_premium: true },
        collection: { default_symbols: ['ibm'], priority_symbols: [], data_quality: { enable_validation: false } },
      },
    );
    expect(configuration.getConfigSection(rateLimitsSection)).toMatchObject({
      calls_per_minute: 75,
      calls_per_day: 'none',
      is_premium: true,
    });
    expect(configuration.getConfigSection(collectionSection)).toMatchObject({
      default_symbols: ['IBM'],
      priority_symbols: [],
      data_quality: { enable_validation: false, enable_deduplication: true, min_quality_score: 70 },
    });
  });

  it.each([
    ['alpha_vantage.timeout_secs', 'did you mean alpha_vantage.timeout_seconds?'],
    ['collection.data_quality.min_quality', 'did you mean collection.data_quality.min_quality_score?'],
    ['collections', 'did you mean collection?'],
  ])('are refused under the unknown name %s, with the nearest known one', (path, suggestion) => {
    const value = path.includes('.') ? 1 : { concurrent_collections: 1 };
    expect(problemOf({}, { [path]: value })).toContain(suggestion);
  });
});

const whole = 'expected a whole number from';
const decimal = 'expected a number from';

describe('a wrong value', () => {
  it.each<[path: string, value: unknown, expected: string]>([
    ['alpha_vantage.api_key', 7, 'must be text'],
    ['alpha_vantage.base_url', 'vendor', 'expected an https address (plain http only on the loopback)'],
    ['alpha_vantage.base_url', 7, 'expected text'],
    ['alpha_vantage.timeout_seconds', '0', `${decimal} 0.001 to 86400`],
    ['alpha_vantage.timeout_seconds', 'soon', `${decimal} 0.001 to 86400`],
    ['alpha_vantage.timeout_seconds', 86_401, `${decimal} 0.001 to 86400`],
    ['alpha_vantage.max_retries', '-1', `${whole} 0 to 100`],
    ['alpha_vantage.max_retries', '1.5', `${whole} 0 to 100`],
    ['alpha_vantage.max_retries', 101, `${whole} 0 to 100`],
    ['alpha_vantage.max_retries', '1e1', `${whole} 0 to 100`],
    ['alpha_vantage.default_output_size', 'Full', 'expected one of compact, full'],
    ['alpha_vantage.bar_label', 'middle', 'expected one of start, end'],
    ['alpha_vantage.datatype', 'xml', 'expected one of json, csv'],
    ['rate_limits.calls_per_second', '0', 'expected a number above 0, or "none"'],
    ['rate_limits.calls_per_second', 'unlimited', 'expected a number above 0, or "none"'],
    ['rate_limits.calls_per_second', Number.POSITIVE_INFINITY, 'expected a number above 0, or "none"'],
    ['rate_limits.calls_per_minute', '2.5', 'expected a whole number from 1 on, or "none"'],
    ['rate_limits.calls_per_minute', '-5', 'expected a whole number from 1 on, or "none"'],
    ['rate_limits.calls_per_day', 0, 'expected a whole number from 1 on, or "none"'],
    ['rate_limits.calls_per_day', true, 'expected a whole number from 1 on, or "none"'],
    ['rate_limits.is_premium', 'yes', 'expected true or false'],
    ['rate_limits.is_premium', 1, 'expected true or false'],
    ['rate_limits.processes', '0', `${whole} 1 to 10000`],
    ['rate_limits.remember_refusals_days', '-1', `${decimal} 0 to 3650`],
    ['collection.default_symbols', 'IBM,../x', 'symbol "../x" is refused'],
    ['collection.default_symbols', 7, 'expected a list of texts'],
    ['collection.priority_symbols', ['SPY', 7], 'expected text'],
    ['collection.concurrent_collections', '0', `${whole} 1 to 1000`],
    ['collection.deadline_seconds', '0', `${decimal} 0.001 to 86400`],
    ['collection.deadline_seconds', Number.NaN, `${decimal} 0.001 to 86400`],
    ['collection.data_quality.min_quality_score', '100.5', `${decimal} 0 to 100`],
    ['collection.data_quality.min_quality_score', '-1', `${decimal} 0 to 100`],
    ['collection.data_quality.enable_validation', 'on', 'expected true or false'],
    ['collection.data_quality.max_price_deviation_percent', 'ten', `${decimal} 0 on`],
    ['collection.data_quality.min_volume_threshold', '-1', `${decimal} 0 on`],
    ['collection.data_quality.enable_deduplication', '0', 'expected true or false'],
    ['storage.data_directory', 7, 'expected text'],
    ['storage.database', true, 'expected text'],
    ['clickhouse.url', 'localhost:8123', 'expected http(s)://host:port and nothing else'],
    ['clickhouse.url', 'http://market:canary@localhost:8123', 'expected http(s)://host:port and nothing else'],
    ['clickhouse.url', 'http://localhost:8123/bars', 'expected http(s)://host:port and nothing else'],
    ['clickhouse.cluster', 'main', 'goes with clickhouse.url only'],
    ['schedule.exchange', 'NYSE', 'expected one of XNYS'],
    ['schedule.daily.cron', 'after the close', '"after the close" is no cron text of five fields'],
    ['schedule.daily.cron', '0 0 31 2 *', '"0 0 31 2 *" is no cron text of five fields (it never comes)'],
    ['schedule.daily.intervals', 'daily,hourly', 'expected some of 1min'],
    ['schedule.backfill.intervals', '5min, daily', 'expected some of 1min, 5min, 15min, 30min, 60min'],
    ['schedule.weekly.intervals', ',', 'expected some of 1min'],
    ['clickhouse.connect_timeout_seconds', '0', `${decimal} 0.001 to 86400`],
    ['clickhouse.query_timeout_seconds', 'long', `${decimal} 0.001 to 86400`],
    ['clickhouse.max_connections', '0', `${whole} 1 to 10000`],
    ['clickhouse.retries', '-1', `${whole} 0 to 100`],
    ['coverage.max_pending_days', '-1', 'expected a number from 0 to 36500'],
    ['coverage.refused_after', '0', `${whole} 1 to 1000`],
    ['coverage.exchanges', 'VOD=LSE', 'expected SYMBOL=EXCHANGE or .ENDING=EXCHANGE'],
    ['logging.level', 'debug', 'expected one of silent, error, warn, info'],
    ['logging.format', 'xml', 'expected one of json, text'],
    ['http.host', '0.0.0.0', 'beyond the loopback needs http.token or http.read_token'],
    ['http.host', 'market.example', 'beyond the loopback needs http.token or http.read_token'],
    ['http.port', '65536', `${whole} 0 to 65535`],
    ['http.token', 'short', 'expected 16 to 256 letters, digits and signs without blanks'],
    ['http.max_body_bytes', '0', `${whole} 1 to 104857600`],
  ])('of %s, such as %j, is refused by name with what was expected', (path, value, expected) => {
    const message = problemOf({}, { [path]: value });
    expect(message).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')}[^ ]* \\(override\\): `));
    expect(message).toContain(expected);
    expect(message).not.toMatch(/[\n;]/);
    if (typeof value !== 'string') return;
    expect(problemOf({ [variable(path)]: value })).toContain(`${path} (environment ${variable(path)}): ${expected}`);
  });

  it('is reported together with all the others', () => {
    const message = problemOf({ MARKET_DATA_LOGGING__LEVEL: 'loud', MARKET_DATA_RATE_LIMITS__IS_PREMIUM: 'perhaps' });
    expect(message).toContain('logging.level');
    expect(message).toContain('rate_limits.is_premium');
  });
});

describe('the address of the vendor', () => {
  it.each([
    'https://vendor.example/query',
    'https://127.0.0.1:8443/query',
    'http://127.0.0.1:8080/query',
    'http://localhost:8080/query',
    'http://[::1]:8080/query',
  ])('may be %s', (url) => {
    expect(configure({ ALPHA_VANTAGE_BASE_URL: url }).getConfigSection(alphaVantageSection).base_url).toBe(url);
  });

  it.each([
    'http://vendor.example/query',
    'http://localhost.vendor.example/query',
    'http://127.0.0.1@vendor.example/query',
    'http://10.0.0.1/query',
    'ftp://localhost/query',
    'file:///etc/passwd',
    '//vendor.example/query',
  ])('may not be %s', (url) => {
    expect(problemOf({ ALPHA_VANTAGE_BASE_URL: url })).toBe(
      'alpha_vantage.base_url (environment ALPHA_VANTAGE_BASE_URL): expected an https address (plain http only on the loopback)',
    );
  });

  it.each(['https://vendor.example/query?apikey=SECRET1', 'https://user:SECRET1@vendor.example/query'])(
    'may carry no secret, as %s does, and does not repeat it',
    (url) => {
      const message = problemOf({ ALPHA_VANTAGE_BASE_URL: url });
      expect(message).toContain('without a query and without credentials');
      expect(message).not.toContain('SECRET1');
    },
  );
});

describe('the address of Redis', () => {
  it('comes from REDIS_URL and stays secret', () => {
    const { url } = configure({ REDIS_URL: 'redis://:SECRET1@cache.example' }).getConfigSection(redisSection);
    expect(url?.reveal()).toBe('redis://:SECRET1@cache.example');
    expect(JSON.stringify(url)).not.toContain('SECRET1');
  });

  it.each(['http://:SECRET1@cache.example', 'SECRET1', 'redis://:SECRET1@cache.example/0?db=1'])(
    'may not be %s, and is not repeated',
    (url) => {
      const message = problemOf({ REDIS_URL: url });
      expect(message).toMatch(/^redis\.url \(environment REDIS_URL\): the address of Redis must look like redis:/);
      expect(message).not.toContain('SECRET1');
    },
  );
});

describe('the error policy', () => {
  const rules = (...list: unknown[]): Values => ({ 'errors.rules': list });

  it('takes rules as a file has them', () => {
    const rule = { kind: 'externalApi', reason: 'outage', operation: 'fetch', action: 'retry', max_attempts: 2 };
    expect(configure({}, rules(rule, { action: 'useCache' })).getConfigSection(errorsSection).rules).toEqual([
      rule,
      { action: 'useCache' },
    ]);
  });

  it.each([
    [rules({ kind: 'network', action: 'fail' }), 'errors.rules.0.kind (override): expected one of configuration, '],
    [
      rules({ action: 'ignore' }),
      'errors.rules.0.action (override): expected one of retry, useCache, useDefault, fail',
    ],
    [rules({ operation: 'read', action: 'fail' }), 'errors.rules.0.operation (override): expected one of fetch, '],
    [rules({ action: 'retry' }, { kind: 'system' }), 'errors.rules.1.action (override): expected one of retry, '],
    [rules({ action: 'retry', max_attempts: 0 }), 'max_attempts (override): expected a whole number from 1 to 100'],
    [rules({ action: 'fail', max_attempts: 2 }), 'errors.rules.0.max_attempts (override): goes with action "retry"'],
    [rules({ action: 'fail', kinds: [] }), 'errors.rules.0 (override): Unrecognized key: "kinds"'],
    [{ 'errors.rules': 5 }, 'errors.rules (override): expected a list of tables'],
    [{ 'errors.base_delay_ms': 20_000 }, 'errors.base_delay_ms (override): must not be above errors.max_delay_ms'],
  ])('refuses %j', (overrides, problem) => {
    expect(problemOf({}, overrides)).toContain(problem);
  });

  it('refuses rules from the environment that are no JSON', () => {
    expect(problemOf({ MARKET_DATA_ERRORS__RULES: 'kind=database' })).toBe(
      'errors.rules (environment MARKET_DATA_ERRORS__RULES): expected a list of tables (in the environment, a JSON array)',
    );
  });

  it('becomes the policy of the error handler', () => {
    const configuration = configure(
      {},
      {
        'errors.max_attempts': 7,
        'alpha_vantage.max_retries': 1,
        ...rules({ kind: 'database', action: 'retry', max_attempts: 9 }, { kind: 'system', action: 'useDefault' }),
      },
    );
    expect(errorPolicyOf(configuration)).toEqual({
      maxAttempts: 7,
      maxAttemptsByOperation: { fetch: 2 },
      baseDelayMs: 2_000,
      maxDelayMs: 10_000,
      rules: [
        { kind: 'database', action: 'retry', maxAttempts: 9 },
        { kind: 'system', action: 'useDefault', maxAttempts: undefined },
      ],
      retryBudget: { ratio: 0.2, minRetriesPerMinute: 10 },
    });
  });

  it('tries every step as often as alpha_vantage.max_retries says where nothing else is set', () => {
    expect(errorPolicyOf(configure({ MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '4' })).maxAttempts).toBe(5);
  });
});
