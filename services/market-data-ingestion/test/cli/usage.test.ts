import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Environment, lines, marketData, temporaryDirectory } from './command-line.ts';
import { startVendor } from './vendor.ts';

const directory = await temporaryDirectory();
const vendor = await startVendor();
const data = join(directory.path, 'data');
const environment = {
  MARKET_DATA_DIR: data,
  ALPHA_VANTAGE_API_KEY: 'never-to-be-sent',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

afterEach(() => {
  expect(vendor.requests).toEqual([]);
  expect(existsSync(data)).toBe(false);
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

async function file(name: string, text: string): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, text);
  return path;
}

/** Nothing on standard output, one line on standard error, status 2. */
async function refusal(words: readonly string[], extra: Environment = {}): Promise<string> {
  const { status, stdout, stderr } = await marketData(words, { ...environment, ...extra });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .+\n$/);
  expect(lines(stderr)).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal
  expect(lines(stderr)[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(stderr.length).toBeLessThan(1000);
  return lines(stderr)[0] as string;
}

const collect = (...symbols: string[]): string[] => ['collect', ...symbols, '--interval', 'daily', '--json'];

/** Cases whose test names show the words. */
function named<Case extends { readonly words: readonly string[] }>(
  cases: readonly Case[],
): (Case & { name: string })[] {
  return cases.map((one) => ({ ...one, name: JSON.stringify(one.words.join(' ')) }));
}

const commands = [
  'collect',
  'plan',
  'quota',
  'entitlements',
  'query',
  'history',
  'batches',
  'quarantine',
  'spool',
  'health',
  'migrate',
];

describe('help', () => {
  it('teaches the program with examples, settings and statuses', async () => {
    const { status, stdout, stderr } = await marketData(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of commands) expect(stdout).toContain(name);
    expect(stdout).toContain('market-data collect AAPL MSFT --interval 5min');
    for (const name of ['ALPHA_VANTAGE_API_KEY', 'ALPHA_VANTAGE_BASE_URL', 'MARKET_DATA_DIR']) {
      expect(stdout).toContain(name);
    }
    expect(stdout).toMatch(/Status: 0 .*, 1 .*, 2 /);
  });

  it.each(commands)('teaches %s with examples', async (name) => {
    const { status, stdout, stderr } = await marketData([name, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: market-data ${name}`));
    expect(stdout).toMatch(new RegExp(`Examples:\\n(  .*\\n)*  .*market-data ${name}`));
    expect(stdout).toContain('--config <file>');
    expect((await marketData(['help', name])).stdout).toBe(stdout);
    for (const line of lines(stdout)) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('names the version', async () => {
    const { status, stdout, stderr } = await marketData(['--version']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('goes to standard error where no command is named, with status 2', async () => {
    const { status, stdout, stderr } = await marketData([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Examples:');
  });
});

describe('a command line that is wrong', () => {
  it.each(
    named([
      { words: ['collct', 'AAPL'], says: `error: unknown command 'collct': did you mean collect? (see --help)` },
      { words: ['frobnicate'], says: `error: unknown command 'frobnicate' (see --help)` },
      { words: [...collect('IBM'), '--ajusted'], says: `error: unknown option '--ajusted': did you mean --adjusted?` },
      {
        words: ['query', 'IBM', '--interval', 'daily', '--zebra'],
        says: `error: unknown option '--zebra' (see --help)`,
      },
      { words: ['collect', '--interval', 'daily'], says: `error: missing required argument 'symbol'` },
      { words: ['collect', 'IBM'], says: `error: required option '--interval <interval>' not specified` },
      {
        words: ['collect', 'IBM', '--interval', '7min'],
        says: `argument '7min' is invalid. Allowed choices are 1min, `,
      },
      { words: ['query', 'IBM', '--interval', 'Daily'], says: `argument 'Daily' is invalid. Allowed choices are ` },
      { words: [...collect('IBM'), '--outputsize', 'big'], says: 'Allowed choices are compact, full' },
      { words: ['query', 'IBM', 'AAPL', '--interval', 'daily'], says: `error: too many arguments for 'query'` },
      { words: ['quarantine', 'AAPL'], says: `error: too many arguments for 'quarantine'` },
      { words: ['migrate', '--config'], says: `error: option '--config <file>' argument missing` },
    ]),
  )('is refused: $name', async ({ words, says }) => {
    expect(await refusal(words)).toContain(says);
  });

  it('is shown escaped and cut', async () => {
    expect(await refusal(['\u001b[31m\u202ecollect\r\n'])).toContain('\\u001b[31m\\u202ecollect\\u000d\\u000a');
    expect(await refusal(['x'.repeat(10_240)])).toContain('…');
    expect(await refusal([...collect('IBM'), `--${'x'.repeat(10_240)}`])).toContain('…');
  });
});

describe('a symbol that is hostile', () => {
  const hostile = [
    { name: 'empty', symbol: '' },
    { name: 'blank', symbol: ' ' },
    { name: 'quotes', symbol: `IBM'" OR 1=1 --` },
    { name: 'a path upwards', symbol: '../../x' },
    { name: 'CR LF', symbol: 'IBM\r\nX-Injected: 1' },
    { name: 'NUL', symbol: 'IBM\0' },
    { name: 'a right-to-left override', symbol: '\u202eMBI' },
    { name: 'an escape sequence', symbol: '\u001b]0;title\u0007' },
    { name: 'a query', symbol: 'IBM&apikey=other' },
    { name: '10 KB', symbol: 'A'.repeat(10_240) },
  ];

  it.each(hostile)('is refused by collect, query and quarantine: $name', async ({ symbol }) => {
    for (const words of [
      collect(symbol),
      ['query', symbol, '--interval', 'daily', '--json'],
      ['quarantine', '--symbol', symbol, '--json'],
    ]) {
      expect(await refusal(words)).toMatch(/^error: symbol ".*" is refused: use 1 to 32 letters, digits and /);
    }
  });

  it('stops good ones beside it too', async () => {
    expect(await refusal(collect('AAPL', '../../x', 'MSFT'))).toContain('symbol "../../x" is refused');
  });
});

describe('an option that is wrong', () => {
  it.each(
    named([
      { words: [...collect('IBM'), '--month', '2024-01'], says: 'for intraday bars only, not for daily' },
      { words: ['collect', 'IBM', '--interval', '5min', '--month', '2024-13'], says: 'month "2024-13" is refused' },
      { words: ['collect', 'IBM', '--interval', '5min', '--month', '1999-12'], says: 'from 2000-01 on' },
      { words: ['collect', 'IBM', '--interval', '5min', '--month', 'January\u001b[0m'], says: 'use YYYY-MM' },
      ...['0', '-1', '1.5', 'ten', '1e3', ''].map((limit) => ({
        words: ['query', 'IBM', '--interval', 'daily', `--limit=${limit}`],
        says: '--limit takes a whole number from 1 on',
      })),
      ...['yesterday', '2024-02-30', '1705330800000', ''].map((from) => ({
        words: ['query', 'IBM', '--interval', 'daily', `--from=${from}`],
        says: '--from takes an ISO date or instant such as 2024-01-02',
      })),
      { words: ['query', 'IBM', '--interval', 'daily', '--to', 'now'], says: '--to takes an ISO date or instant' },
      { words: ['query', 'IBM', '--interval', 'daily', '--source', `x'; --`], says: '--source takes a name such as ' },
    ]),
  )('is refused: $name', async ({ words, says }) => {
    expect(await refusal(words)).toContain(says);
  });
});

describe('settings that are wrong', () => {
  it('name the file that is missing', async () => {
    const path = join(directory.path, 'missing.toml');
    expect(await refusal([...collect('IBM'), '--config', path])).toBe(
      `error: configuration file ${path} does not exist: create it, or name another one`,
    );
  });

  it('name file and line of bad TOML', async () => {
    const path = await file('bad.toml', '[collection]\ndeadline_seconds = = 2\n');
    expect(await refusal(['--config', path, ...collect('IBM')])).toMatch(/bad\.toml line 2, column \d+: /);
  });

  it('name the nearest known setting, and all problems of file and environment in one line', async () => {
    const path = await file(
      'unknown.toml',
      '[alpha_vantage]\nmax_retrys = 2\n\n[collection]\ndeadline_seconds = "soon"\n',
    );
    const line = await refusal([...collect('IBM'), '--config', path], {
      MARKET_DATA_COLLECTION__CONCURRENT_COLLECTION: '3',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'often',
    });
    expect(line).toContain('alpha_vantage.max_retrys');
    expect(line).toContain('did you mean alpha_vantage.max_retries?');
    expect(line).toMatch(/collection\.deadline_seconds \(file .*unknown\.toml\): expected a number/);
    expect(line).toContain('MARKET_DATA_COLLECTION__CONCURRENT_COLLECTION');
    expect(line).toMatch(/rate_limits\.calls_per_second \(environment MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND\)/);
  });

  it.each([
    { name: 'plain http to another machine', url: 'http://vendor.example/query' },
    { name: 'no address', url: 'vendor' },
    { name: 'credentials in the address', url: 'https://user:hunter22@vendor.example/query' },
  ])('are refused as an endpoint: $name', async ({ url }) => {
    const line = await refusal(collect('IBM'), { ALPHA_VANTAGE_BASE_URL: url });
    expect(line).toMatch(/alpha_vantage\.base_url \(environment ALPHA_VANTAGE_BASE_URL\): expected an /);
    expect(line).not.toContain('hunter22');
  });

  it('ask for the key where only an endpoint is set', async () => {
    expect(await refusal(collect('IBM'), { ALPHA_VANTAGE_API_KEY: '' })).toMatch(
      /alpha_vantage\.base_url is set and there is no key: set ALPHA_VANTAGE_API_KEY too$/,
    );
  });

  it('name the directory that cannot be written', async () => {
    const blocked = join(await file('plain-file', ''), 'data');
    for (const words of [
      collect('IBM'),
      ['query', 'IBM', '--interval', 'daily', '--json'],
      ['quarantine', '--json'],
      ['health', '--json'],
      ['migrate'],
    ]) {
      const line = await refusal(words, { MARKET_DATA_DIR: blocked });
      expect(line).toContain(`data directory ${blocked} cannot be used`);
      expect(line).toContain('name a writable directory with MARKET_DATA_DIR');
    }
  });
});
