import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sections } from '../../src/index.ts';
import { type Environment, lines, marketData, temporaryDirectory } from './command-line.ts';

const directory = await temporaryDirectory();
const data = join(directory.path, 'data');
const key = 'K3Y+that/must=stay&secret';

// Neither command needs a data directory, so none may appear.
afterEach(() => expect(existsSync(data)).toBe(false));
afterAll(() => directory.remove());

async function file(name: string, text: string): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, text);
  return path;
}

const config = (words: readonly string[], environment: Environment = {}) =>
  marketData(['config', ...words], { MARKET_DATA_DIR: data, ...environment });

interface Shown {
  readonly path: string;
  readonly value: unknown;
  readonly layer: string;
}

async function shown(words: readonly string[], environment: Environment = {}): Promise<Map<string, Shown>> {
  const { status, stdout, stderr } = await config(['show', '--json', ...words], environment);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return new Map((JSON.parse(stdout) as Shown[]).map((setting) => [setting.path, setting]));
}

describe('config validate', () => {
  it('says that the settings are valid', async () => {
    expect(await config(['validate'])).toEqual({ status: 0, stdout: 'the settings are valid\n', stderr: '' });
    expect(await config(['validate', '--json'])).toEqual({
      status: 0,
      stdout: '{"valid":true,"problems":[]}\n',
      stderr: '',
    });
  });

  it.each([
    ['good.toml', '[collection]\ndeadline_seconds = 5\n'],
    ['good.yaml', 'collection:\n  deadline_seconds: 5\n'],
    ['good.yml', 'collection: { deadline_seconds: 5 }\n'],
    ['good.json', '{"collection": {"deadline_seconds": 5}}'],
  ])('accepts %s', async (name, text) => {
    const path = await file(name, text);
    expect((await config(['validate', '--config', path])).status).toBe(0);
    expect((await marketData(['--config', path, 'config', 'validate'], {})).status).toBe(0);
    expect((await shown(['--config', path])).get('collection.deadline_seconds')).toEqual({
      path: 'collection.deadline_seconds',
      value: 5,
      layer: `file ${path}`,
    });
  });

  it('lists every problem of every layer, one a line, with status 2', async () => {
    const path = await file(
      'bad.yaml',
      'collection:\n  deadline_seconds: soon\n  dedline: 1\nerrors:\n  base_delay_ms: 99999\n',
    );
    const environment = {
      MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'often',
      MARKET_DATA_ALPHA_VANTAGE__API_KEY_FILE: join(directory.path, 'no-such-key'),
    };
    const { status, stdout, stderr } = await config(['validate', '--config', path], environment);
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^unknown setting collection\.dedline in file .*bad\.yaml: /),
      'alpha_vantage.api_key (environment MARKET_DATA_ALPHA_VANTAGE__API_KEY_FILE): the file it names cannot be read (ENOENT)',
      'rate_limits.calls_per_second (environment MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND): expected a number above 0, or "none"',
      `collection.deadline_seconds (file ${path}): expected a number from 0.001 to 86400`,
      `errors.base_delay_ms (file ${path}): must not be above errors.max_delay_ms`,
    ]);
  });

  it('gives the problems as data with --json', async () => {
    const { status, stdout, stderr } = await config(['validate', '--json'], {
      MARKET_DATA_COLLECTION__DEADLINE_SECONDS: 'soon',
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    const layer = 'environment MARKET_DATA_COLLECTION__DEADLINE_SECONDS';
    const path = 'collection.deadline_seconds';
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      problems: [{ path, layer, message: `${path} (${layer}): expected a number from 0.001 to 86400` }],
    });
  });

  it.each([
    ['bad.toml', '[collection]\ndeadline_seconds = = 2\n', / line 2, column \d+: /],
    ['broken.yaml', 'collection:\n  - a\n b: 1\n', / line 3, column \d+: /],
    ['broken.json', '{\n  "collection": {},\n}', / line 3, column 1: /],
    ['settings.ini', '[collection]\n', /: its extension names no known format: use \.toml, \.yaml, \.yml, \.json$/],
  ])('names the place of a mistake in %s', async (name, text, says) => {
    const path = await file(name, text);
    const { status, stdout } = await config(['validate', '--config', path]);
    expect(status).toBe(2);
    expect(lines(stdout)).toHaveLength(1);
    expect(lines(stdout)[0]).toMatch(says);
    expect(lines(stdout)[0]).toContain(path);
  });

  it('refuses a file that is missing, as the path of no problem in particular', async () => {
    const path = join(directory.path, 'missing.toml');
    const { status, stdout } = await config(['validate', '--json', '--config', path]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ path: null, layer: `file ${path}` }] });
  });

  it('finds an endpoint without a key, which each collection would refuse', async () => {
    const { status, stdout } = await config(['validate'], { ALPHA_VANTAGE_BASE_URL: 'https://vendor.example/query' });
    expect(status).toBe(2);
    expect(stdout).toBe('alpha_vantage.base_url is set and there is no key: set ALPHA_VANTAGE_API_KEY too\n');
  });

  it('shows no secret and no control character of a file', async () => {
    const path = await file('hostile.json', JSON.stringify({ 'a\u001b[31m\nb': 1, alpha_vantage: { api_key: [key] } }));
    const { status, stdout } = await config(['validate', '--config', path]);
    expect(status).toBe(2);
    expect(lines(stdout)).toHaveLength(2);
    expect(stdout).not.toContain(key);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('config show', () => {
  it('shows every effective setting with its source', async () => {
    const path = await file('show.toml', '[collection]\ndefault_symbols = ["IBM"]\n[logging]\nlevel = "error"\n');
    const settings = await shown(['--config', path], { MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS: '7' });
    expect(settings.get('collection.default_symbols')).toMatchObject({ value: ['IBM'], layer: `file ${path}` });
    expect(settings.get('logging.level')).toMatchObject({ value: 'error', layer: `file ${path}` });
    expect(settings.get('collection.concurrent_collections')).toMatchObject({
      value: 7,
      layer: 'environment MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS',
    });
    expect(settings.get('storage.data_directory')).toMatchObject({ value: data, layer: 'environment MARKET_DATA_DIR' });
    expect(settings.get('storage.database')).toMatchObject({ value: 'market_data', layer: 'default' });
    const known = sections.flatMap((section) => section.keys.map((name) => `${section.path}.${name}`));
    const absent = ['alpha_vantage.api_key', 'alpha_vantage.base_url', 'errors.max_attempts', 'logging.format'];
    const servers = ['clickhouse.url', 'clickhouse.password', 'clickhouse.cluster', 'redis.url', 'redis.key_prefix'];
    const secondVendor = ['alpaca.api_key_id', 'alpaca.api_secret_key', 'alpaca.base_url', 'alpha_vantage.entitlement'];
    const limits = ['rate_limits.calls_per_day', 'rate_limits.processes'];
    const tokens = ['http.token', 'http.read_token'];
    const unset = [...absent, ...servers, ...secondVendor, ...limits, ...tokens];
    expect([...settings.keys()].sort()).toEqual(known.filter((name) => !unset.includes(name)).sort());
  });

  it('shows the same as a table', async () => {
    const { status, stdout, stderr } = await config(['show'], { ALPHA_VANTAGE_API_KEY: key });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines(stdout)[0]).toMatch(/^setting +value +source$/);
    expect(stdout).toMatch(/^alpha_vantage\.api_key +\[redacted\] +environment ALPHA_VANTAGE_API_KEY$/m);
    expect(stdout).toMatch(/^collection\.default_symbols +\["AAPL","GOOGL","MSFT","AMZN","TSLA"\] +default$/m);
    expect(lines(stdout)).toHaveLength((await shown([], { ALPHA_VANTAGE_API_KEY: key })).size + 1);
  });

  it.each([
    ['ALPHA_VANTAGE_API_KEY', false],
    ['MARKET_DATA_ALPHA_VANTAGE__API_KEY', false],
    ['ALPHA_VANTAGE_API_KEY_FILE', true],
    ['MARKET_DATA_ALPHA_VANTAGE__API_KEY_FILE', true],
  ])('shows that a secret is set and where from, and never the secret: %s', async (name, inFile) => {
    const environment = { [name]: inFile ? await file('key', `${key}\n`) : key };
    const settings = await shown([], environment);
    expect(settings.get('alpha_vantage.api_key')).toMatchObject({ value: '[redacted]', layer: `environment ${name}` });
    const { stdout } = await config(['show'], environment);
    for (const text of [JSON.stringify([...settings]), stdout]) expect(text).not.toContain(key);
  });

  it('refuses settings that are not valid in one line, with status 2', async () => {
    const environment = { MARKET_DATA_COLLECTION__DEADLINE_SECONDS: 'soon', MARKET_DATA_ERRORS__RULES: 'x' };
    const { status, stdout, stderr } = await config(['show', '--json'], environment);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: collection\.deadline_seconds .*; errors\.rules .*\n$/);
  });
});

describe('config', () => {
  it('works beside a data directory that cannot be used', async () => {
    const blocked = join(await file('plain', ''), 'data');
    for (const words of [['validate'], ['show', '--json']]) {
      expect((await config(words, { MARKET_DATA_DIR: blocked })).status).toBe(0);
    }
    await mkdir(join(directory.path, 'empty'));
    expect((await config(['show'], { MARKET_DATA_DIR: join(directory.path, 'empty', 'new') })).status).toBe(0);
    expect(existsSync(join(directory.path, 'empty', 'new'))).toBe(false);
  });

  it('alone teaches its commands, with status 2', async () => {
    const { status, stdout, stderr } = await config([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('market-data config validate --config market-data.toml');
  });

  it.each([['validate'], ['show']])('%s --help teaches with examples', async (name) => {
    const { status, stdout } = await config([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: market-data config ${name}`));
    expect(stdout).toMatch(new RegExp(`Examples:\\n  market-data config ${name}`));
    for (const line of lines(stdout)) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each([
    [['validat'], `unknown command 'validat': did you mean validate?`],
    [['show', 'everything'], `too many arguments for 'show'`],
    [['show', '--jason'], `unknown option '--jason': did you mean --json?`],
  ])('refuses a wrong command line: %j', async (words, says) => {
    const { status, stdout, stderr } = await config(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain(says);
  });
});
