import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigurationSection, isServiceError, Redacted, type ServiceError } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createConfigurationProvider } from './create-configuration-provider.ts';
import type { ConfigurationOptions } from './load-settings.ts';

const secretText = z.instanceof(Redacted) as unknown as z.ZodType<Redacted<string>>;

const alphaVantage = {
  path: 'alpha_vantage',
  schema: z.object({
    api_key: secretText.optional(),
    base_url: z.string().default('http://localhost'),
    timeout_seconds: z.coerce.number().int().min(1).max(300).default(30),
  }),
  keys: ['api_key', 'base_url', 'timeout_seconds'],
  secrets: ['api_key'],
} satisfies ConfigurationSection<unknown>;

const collection = {
  path: 'collection',
  schema: z.object({
    concurrent_collections: z.coerce.number().int().min(1).max(50).default(10),
    enabled: z.stringbool().or(z.boolean()).default(true),
    symbols: z.array(z.string()).default([]),
  }),
  keys: ['concurrent_collections', 'enabled', 'symbols'],
} satisfies ConfigurationSection<unknown>;

const dataQuality = {
  path: 'collection.data_quality',
  schema: z
    .object({
      min_quality_score: z.coerce.number().min(0).max(100).default(70),
      max_quality_score: z.coerce.number().min(0).max(100).default(100),
      weights: z.object({ price: z.coerce.number().default(1) }).prefault({}),
      labels: z.record(z.string(), z.string()).default({}),
    })
    .refine((value) => value.min_quality_score <= value.max_quality_score, { message: 'min is above max' }),
  keys: ['min_quality_score', 'max_quality_score', 'weights.price', 'labels'],
} satisfies ConfigurationSection<unknown>;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'configuration-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileWith(text: string | Uint8Array, name = 'market.toml'): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

function provider(options: Partial<ConfigurationOptions> = {}) {
  return createConfigurationProvider({
    sections: [alphaVantage, collection, dataQuality],
    environmentPrefix: 'MARKET_DATA_',
    aliases: { ALPHA_VANTAGE_API_KEY: 'alpha_vantage.api_key' },
    ...options,
  });
}

function failure(options: Partial<ConfigurationOptions>): ServiceError {
  try {
    provider(options);
  } catch (error) {
    if (isServiceError(error)) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the layers of a configuration', () => {
  it('gives the defaults of the schemas when nothing is set', () => {
    const configuration = provider();
    expect(configuration.getInteger('collection.concurrent_collections')).toBe(10);
    expect(configuration.getBoolean('collection.enabled')).toBe(true);
    expect(configuration.getString('alpha_vantage.base_url')).toBe('http://localhost');
    expect(configuration.getInteger('collection.data_quality.weights.price')).toBe(1);
  });

  it('lets each layer win over the one below it', () => {
    const file = fileWith('[alpha_vantage]\ntimeout_seconds = 1\nbase_url = "file"\napi_key = "from-file"\n');
    const environment = {
      MARKET_DATA_ALPHA_VANTAGE__TIMEOUT_SECONDS: '2',
      MARKET_DATA_ALPHA_VANTAGE__API_KEY: 'from-prefixed',
      ALPHA_VANTAGE_API_KEY: 'from-alias',
    };
    const get = (options: Partial<ConfigurationOptions>) => {
      const configuration = provider(options);
      return [
        configuration.getInteger('alpha_vantage.timeout_seconds'),
        configuration.getSecret('alpha_vantage.api_key')?.reveal(),
      ];
    };
    expect(get({ file })).toEqual([1, 'from-file']);
    expect(get({ file, environment: { ...environment, ALPHA_VANTAGE_API_KEY: undefined } })).toEqual([
      2,
      'from-prefixed',
    ]);
    expect(get({ file, environment })).toEqual([2, 'from-alias']);
    expect(
      get({ file, environment, overrides: { 'alpha_vantage.timeout_seconds': 3, 'alpha_vantage.api_key': 'given' } }),
    ).toEqual([3, 'given']);
    expect(provider({ file, environment }).getString('alpha_vantage.base_url')).toBe('file');
  });

  it('reads nested keys and sections with underscores from the environment', () => {
    const configuration = provider({
      environment: {
        MARKET_DATA_COLLECTION__DATA_QUALITY__MIN_QUALITY_SCORE: '42',
        MARKET_DATA_COLLECTION__DATA_QUALITY__WEIGHTS__PRICE: '3',
      },
    });
    expect(configuration.getConfigSection(dataQuality)).toEqual({
      min_quality_score: 42,
      max_quality_score: 100,
      weights: { price: 3 },
      labels: {},
    });
  });

  it('ignores empty variables, foreign ones and prefixed ones without a section', () => {
    const configuration = provider({
      environment: {
        MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS: '',
        ALPHA_VANTAGE_API_KEY: '',
        MARKET_DATA_DIR: 'elsewhere',
        OTHER_COLLECTION__NONSENSE: '1',
      },
    });
    expect(configuration.getInteger('collection.concurrent_collections')).toBe(10);
    expect(configuration.getSecret('alpha_vantage.api_key')).toBeUndefined();
  });

  it('reads a file that begins with a byte order mark, and nested tables in it', () => {
    const file = fileWith('\uFEFF[collection]\nsymbols = ["IBM"]\n[collection.data_quality.weights]\nprice = 2\n');
    expect(provider({ file }).getConfigSection(collection).symbols).toEqual(['IBM']);
    expect(provider({ file }).getInteger('collection.data_quality.weights.price')).toBe(2);
  });

  it('says where each effective value came from and hides secrets', () => {
    const file = fileWith('[collection]\nenabled = false\n');
    const described = provider({ file, environment: { ALPHA_VANTAGE_API_KEY: 'very-secret' } }).describe();
    expect(described).toContainEqual({ path: 'collection.enabled', value: false, layer: `file ${file}` });
    expect(described).toContainEqual({
      path: 'alpha_vantage.api_key',
      value: '[redacted]',
      layer: 'environment ALPHA_VANTAGE_API_KEY',
    });
    expect(described).toContainEqual({ path: 'collection.concurrent_collections', value: 10, layer: 'default' });
    expect(
      provider()
        .describe()
        .map(({ path }) => path),
    ).not.toContain('alpha_vantage.api_key');
  });
});

describe('secrets', () => {
  it('hands them out wrapped, in getSecret and in the section', () => {
    const configuration = provider({ environment: { ALPHA_VANTAGE_API_KEY: 'very-secret' } });
    expect(configuration.getSecret('alpha_vantage.api_key')?.reveal()).toBe('very-secret');
    expect(configuration.getConfigSection(alphaVantage).api_key).toBeInstanceOf(Redacted);
    expect(JSON.stringify(configuration.getConfigSection(alphaVantage))).not.toContain('very-secret');
  });

  it('wraps again what a schema has unwrapped', () => {
    const section = {
      path: 'vendor',
      schema: z.object({ key: secretText.transform((secret) => secret.reveal()) }),
      keys: ['key'],
      secrets: ['key'],
    };
    const configuration = provider({ sections: [section], aliases: {}, overrides: { 'vendor.key': 'very-secret' } });
    expect(configuration.getConfigSection<unknown>(section)).toEqual({ key: new Redacted('very-secret') });
    expect(JSON.stringify(configuration.getConfigSection(section))).not.toContain('very-secret');
  });

  it('lists the raw secrets of every layer, overridden ones included', () => {
    const configuration = provider({
      environment: { ALPHA_VANTAGE_API_KEY: 'from-alias', MARKET_DATA_ALPHA_VANTAGE__API_KEY: 'from-prefixed' },
    });
    expect([...configuration.secrets()].sort()).toEqual(['from-alias', 'from-prefixed']);
  });

  it('reads a secret from the file that NAME_FILE names, without its trailing newline', () => {
    const secretFile = fileWith('from file \n', 'key');
    const configuration = provider({ environment: { ALPHA_VANTAGE_API_KEY_FILE: secretFile } });
    expect(configuration.getSecret('alpha_vantage.api_key')?.reveal()).toBe('from file ');
  });

  it('refuses a secret file that is missing, empty or beside the plain variable, and never shows its name', () => {
    const missing = failure({ environment: { ALPHA_VANTAGE_API_KEY_FILE: 'pasted-secret' } });
    expect(missing.message).toBe(
      'alpha_vantage.api_key (environment ALPHA_VANTAGE_API_KEY_FILE): the file it names cannot be read (ENOENT)',
    );
    const empty = fileWith('\n', 'empty');
    expect(failure({ environment: { ALPHA_VANTAGE_API_KEY_FILE: empty } }).message).toMatch(/is empty$/);
    expect(
      failure({ environment: { ALPHA_VANTAGE_API_KEY_FILE: empty, ALPHA_VANTAGE_API_KEY: 'x' } }).message,
    ).toContain('ALPHA_VANTAGE_API_KEY and ALPHA_VANTAGE_API_KEY_FILE are both set');
  });

  it.each(['very-secret', 'abc'])(
    'never shows the secret %s in a problem, even when the schema quotes it',
    (secret) => {
      const section = {
        path: 'vendor',
        schema: z.object({
          key: secretText.superRefine((value, context) => {
            context.addIssue({ code: 'custom', message: `bad key ${value.reveal()}` });
          }),
        }),
        keys: ['key'],
        secrets: ['key'],
      };
      const error = failure({ sections: [section], aliases: {}, overrides: { 'vendor.key': secret } });
      expect(error.message).toBe('vendor.key (override): is not valid');
    },
  );

  it('hides a secret that a check across settings quotes', () => {
    const schema = z.object({ key: secretText }).refine(() => false, { error: () => 'not with very-secret' });
    const section = { path: 'vendor', schema, keys: ['key'], secrets: ['key'] };
    const error = failure({ sections: [section], aliases: {}, overrides: { 'vendor.key': 'very-secret' } });
    expect(error.message).toBe('vendor (override): not with [redacted]');
  });

  it('refuses a secret that is no text, once and without its value', () => {
    const file = fileWith('[alpha_vantage]\napi_key = 123456\n');
    expect(failure({ file }).message).toBe(`alpha_vantage.api_key (file ${file}): must be text`);
  });
});

describe('problems', () => {
  it('reports all problems of all sections in one line, each with its layer', () => {
    const file = fileWith('[collection]\nconcurrent_collections = 99\n');
    const error = failure({
      file,
      environment: { MARKET_DATA_ALPHA_VANTAGE__TIMEOUT_SECONDS: 'soon' },
      overrides: { 'collection.data_quality.min_quality_score': 90, 'collection.data_quality.max_quality_score': 80 },
    });
    expect(error).toMatchObject({ kind: 'configuration', reason: 'invalidConfiguration', retryable: false });
    const problems = error.message.split('; ');
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain(
      'alpha_vantage.timeout_seconds (environment MARKET_DATA_ALPHA_VANTAGE__TIMEOUT_SECONDS): ',
    );
    expect(problems[0]).not.toContain('soon');
    expect(problems[1]).toContain(`collection.concurrent_collections (file ${file}): `);
    expect(problems[2]).toBe('collection.data_quality (override): min is above max');
  });

  it('calls the layer of a required setting that nobody set the default', () => {
    const section = { path: 'redis', schema: z.object({ url: z.string() }), keys: ['url'] };
    expect(failure({ sections: [section], aliases: {} }).message).toMatch(/^redis\.url \(default\): /);
  });

  it('refuses unknown settings and sections of the file and names the nearest known one', () => {
    const file = fileWith(
      '[collection]\nconcurent_collections = 5\n[alpha_vantge]\ntimeout_seconds = 1\n[weather]\nrain = true\n',
    );
    expect(failure({ file }).message.split('; ')).toEqual([
      `unknown setting collection.concurent_collections in file ${file}: did you mean collection.concurrent_collections?`,
      `unknown section alpha_vantge in file ${file}: did you mean alpha_vantage?`,
      `unknown section weather in file ${file}: the sections are alpha_vantage, collection, collection.data_quality`,
    ]);
  });

  it('lists what a section has when no known name is near', () => {
    const file = fileWith('[alpha_vantage]\nzzzzzzzzzzzzzzzzzzzz = 1\n');
    expect(failure({ file }).message).toContain(
      'alpha_vantage has alpha_vantage.api_key, alpha_vantage.base_url, alpha_vantage.timeout_seconds',
    );
  });

  it('refuses unknown prefixed variables, overrides and aliases', () => {
    const error = failure({
      environment: { MARKET_DATA_COLLECTION__CONCURENT_COLLECTIONS: 'value' },
      aliases: { SYMBOLS: 'collection.symbol' },
      overrides: { 'collection.enable': true },
    });
    expect(error.message.split('; ')).toEqual([
      'unknown setting collection.concurent_collections in environment MARKET_DATA_COLLECTION__CONCURENT_COLLECTIONS: did you mean collection.concurrent_collections (MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS)?',
      'unknown setting collection.symbol in alias SYMBOLS: did you mean collection.symbols?',
      'unknown setting collection.enable in override: did you mean collection.enabled?',
    ]);
  });

  it('refuses keys that could reach a prototype, wherever they stand, without any effect', () => {
    const file = fileWith(
      '[__proto__]\npolluted = "a"\n[collection.constructor]\nx = 1\n[collection.data_quality.labels]\n__proto__ = "b"\n',
    );
    const { message } = failure({
      file,
      environment: { MARKET_DATA_COLLECTION____PROTO__: 'c' },
      overrides: JSON.parse('{"__proto__": {"polluted": "d"}, "collection.__proto__.polluted": "e"}'),
    });
    expect(message.split('; ')).toHaveLength(6);
    expect(message).toContain('unknown section __proto__ in file');
    expect(message).toContain('unknown section collection.constructor in file');
    expect(message).toContain('unknown setting collection.data_quality.labels.__proto__ in file');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses a plain value where a table of settings belongs', () => {
    const file = fileWith('collection = 5\n');
    expect(failure({ file }).message).toBe(`collection (file ${file}): must be a table of settings`);
  });

  it('stays on one line when names hold line breaks', () => {
    const file = fileWith('[collection]\n"a\\nb" = 1\n');
    expect(failure({ file }).message).not.toMatch(/\n/);
  });

  it('refuses a schema that is asynchronous or throws', () => {
    const asynchronous = { path: 'slow', schema: z.object({}).refine(async () => true), keys: [] };
    const throwing: ConfigurationSection<unknown> = {
      path: 'broken',
      schema: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: () => {
            throw new Error('no way');
          },
        },
      },
      keys: [],
    };
    const { message } = failure({ sections: [asynchronous, throwing], aliases: {} });
    expect(message).toContain('slow (default): its schema validates asynchronously');
    expect(message).toContain('broken (default): its schema failed: no way');
  });

  it('refuses two sections at one path', () => {
    const { message } = failure({ sections: [alphaVantage, { ...alphaVantage }] });
    expect(message).toBe('section alpha_vantage is declared twice');
  });
});

describe('the configuration file', () => {
  it('says that it is missing', () => {
    expect(failure({ file: join(directory, 'absent.toml') })).toMatchObject({
      kind: 'configuration',
      reason: 'fileNotFound',
    });
  });

  it('says that it cannot be read', () => {
    const folder = join(directory, 'folder');
    mkdirSync(folder);
    expect(failure({ file: folder }).reason).toBe('fileUnreadable');
  });

  it('names the line of a mistake in one line, without quoting the file', () => {
    const file = fileWith('[alpha_vantage]\napi_key = "very-secret\n');
    const error = failure({ file });
    expect(error.reason).toBe('invalidFile');
    expect(error.message).toMatch(/ line 2, column \d+: /);
    expect(error.message).not.toMatch(/\n/);
    expect(JSON.stringify(error)).not.toContain('very-secret');
  });

  it('refuses a file that is not UTF-8', () => {
    const error = failure({ file: fileWith(Uint8Array.of(0x61, 0x3d, 0x22, 0xff, 0x22)) });
    expect(error).toMatchObject({ reason: 'invalidFile' });
    expect(error.message).toContain('UTF-8');
  });
});

describe('reading', () => {
  it('gives the same deeply frozen section each time and leaves the given values alone', () => {
    const symbols = ['IBM'];
    const configuration = provider({ overrides: { 'collection.symbols': symbols } });
    const section = configuration.getConfigSection(collection);
    expect(configuration.getConfigSection(collection)).toBe(section);
    expect(Object.isFrozen(section) && Object.isFrozen(section.symbols)).toBe(true);
    symbols.push('TSLA');
    expect(section.symbols).toEqual(['IBM']);
  });

  it('refuses a section that was not declared, or declared with another schema', () => {
    const configuration = provider();
    const unknown = { path: 'weather', schema: z.object({}), keys: [] };
    expect(() => configuration.getConfigSection(unknown)).toThrow(/section weather was not declared/);
    const other = { ...collection, schema: z.object({}) };
    expect(() => configuration.getConfigSection(other)).toThrow(/not declared with this schema/);
  });

  it('tells absent from wrong', () => {
    const configuration = provider({
      environment: { ALPHA_VANTAGE_API_KEY: 'very-secret' },
      overrides: { 'collection.data_quality.min_quality_score': 1.5 },
    });
    expect(configuration.getString('no.such.setting')).toBeUndefined();
    expect(configuration.getString('constructor.name')).toBeUndefined();
    expect(() => configuration.getString('collection.enabled')).toThrow(/^collection.enabled \(default\) is not text/);
    expect(() => configuration.getInteger('collection.data_quality.min_quality_score')).toThrow(/whole number/);
    expect(() => configuration.getBoolean('alpha_vantage.timeout_seconds')).toThrow(/true or false/);
    expect(() => configuration.getSecret('alpha_vantage.base_url')).toThrow(/declared secret/);
    expect(() => configuration.getString('alpha_vantage.api_key')).toThrow(/use getSecret/);
  });

  it('gives the value as set when a schema renames its keys', () => {
    const schema = z.object({ the_url: z.string() }).transform(({ the_url }) => ({ theUrl: the_url }));
    const section = { path: 'redis', schema, keys: ['the_url'] };
    const configuration = provider({ sections: [section], aliases: {}, overrides: { 'redis.the_url': 'x' } });
    expect(configuration.getString('redis.the_url')).toBe('x');
    expect(configuration.getConfigSection(section)).toEqual({ theUrl: 'x' });
  });
});
