import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { OutcomeRow } from '../../src/cli/collect.ts';
import { lines, marketData, temporaryDirectory } from './command-line.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const directory = await temporaryDirectory();
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
};

afterAll(() => directory.remove());

const keys = [
  'symbol',
  'interval',
  'source',
  'collected',
  'stored',
  'unchanged',
  'duplicates',
  'quarantined',
  'spooled',
  'cached',
  'qualityScore',
  'batchId',
  'durationMs',
  'warnings',
  'error',
];

async function collect(...words: string[]): Promise<{ status: number | null; rows: OutcomeRow[]; stderr: string }> {
  const { status, stdout, stderr } = await marketData(['collect', ...words, '--json'], environment);
  const rows = JSON.parse(stdout) as OutcomeRow[];
  for (const row of rows) {
    expect(Object.keys(row)).toEqual(keys);
    expect(row.collected).toBe(row.stored + row.unchanged + row.duplicates + row.quarantined + row.spooled);
    if (row.error !== null) {
      expect(Object.keys(row.error)).toEqual(['kind', 'reason', 'message', 'retryable', 'retryAfterMs']);
    }
  }
  return { status, rows, stderr };
}

describe('market-data collect --extended-hours --entitlement', () => {
  it('choose per request, where the vendor lets one choose', async () => {
    const words = ['HOURS', '--interval', '30min', '--month', '2024-01'];
    const whole = await collect(...words);
    const regular = await collect(...words, '--extended-hours', 'false', '--entitlement', 'delayed');
    expect(regular.status).toBe(0);
    expect([whole.rows[0]?.collected, regular.rows[0]?.collected]).toEqual([22 * 32, 22 * 13]);
    expect(regular.rows).toMatchObject([{ stored: 0, unchanged: 22 * 13 }]);
    for (const option of [
      ['--extended-hours', 'false'],
      ['--entitlement', 'realtime'],
    ]) {
      const { rows } = await collect('HOURS', '--interval', '60min', '--source', 'alpaca', ...option);
      expect(rows).toMatchObject([{ error: { kind: 'configuration', reason: 'notOffered' } }]);
    }
    for (const [interval, option, value] of [
      ['daily', '--extended-hours', 'false'],
      ['5min', '--extended-hours', 'maybe'],
      ['5min', '--entitlement', 'all'],
    ] as const) {
      const { status } = await marketData(['collect', 'HOURS', '--interval', interval, option, value], environment);
      expect(status).toBe(2);
    }
  });
});

describe('market-data collect --source', () => {
  it('collects from the other vendor, under a source of its own', async () => {
    const { status, rows } = await collect('AAPL', 'BTC/USD', '--interval', 'daily', '--source', 'alpaca');
    expect(status).toBe(0);
    expect(rows).toMatchObject([
      { symbol: 'AAPL', source: 'alpaca_sandbox', collected: 100, stored: 100 },
      { symbol: 'BTC/USD', source: 'alpaca_sandbox', collected: 100, stored: 100 },
    ]);
  });

  it('says per symbol what the vendor does not offer', async () => {
    const { status, rows } = await collect('EUR/USD', 'AAPL', '--interval', 'daily', '--source', 'alpaca');
    expect(status).toBe(1);
    expect(rows).toMatchObject([{ error: { kind: 'configuration', reason: 'notOffered' } }, { error: null }]);
    expect((await collect('EUR/USD', '--interval', 'daily')).rows).toMatchObject([{ collected: 100, error: null }]);
  });

  it('refuses a vendor that nobody knows, before anything is opened', async () => {
    const words = ['collect', 'AAPL', '--interval', 'daily', '--source', 'nobody'];
    const { status, stderr } = await marketData(words, environment);
    expect([status, stderr]).toEqual([2, 'error: vendor "nobody" is unknown: use alpha_vantage, alpaca\n']);
  });
});

describe('market-data collect', () => {
  it('stores several symbols and prints one row for each in the order they were named', async () => {
    const { status, rows } = await collect('msft', 'SPY', 'AAPL', '--interval', 'daily');
    expect(status).toBe(0);
    expect(rows.map(({ symbol }) => symbol)).toEqual(['MSFT', 'SPY', 'AAPL']);
    for (const row of rows) {
      expect(row).toMatchObject({
        interval: 'daily',
        source: 'alpha_vantage_sandbox',
        collected: 100,
        spooled: 0,
        cached: 0,
        warnings: [],
        error: null,
      });
      expect(row.batchId).toMatch(/^[0-9a-f-]{36}$/);
      expect(row.durationMs).toBeGreaterThanOrEqual(0);
      expect(row.qualityScore).toBeGreaterThan(90);
    }
    expect(rows.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThan(290);
  });

  it('stores nothing new when the same month is collected again', async () => {
    const words = ['NVDA', '--interval', '60min', '--month', '2024-01', '--outputsize', 'full'];
    const first = await collect(...words);
    const again = await collect(...words);
    expect([first.status, again.status]).toEqual([0, 0]);
    const [one, two] = [first.rows[0], again.rows[0]];
    expect(one?.collected).toBeGreaterThan(300);
    expect(one).toMatchObject({ unchanged: 0, stored: (one?.collected ?? 0) - (one?.quarantined ?? 0) });
    expect(two).toMatchObject({ stored: 0, collected: one?.collected, unchanged: one?.stored });
    expect(two?.quarantined).toBe(one?.quarantined);
  });

  it('asks once where a symbol is named twice', async () => {
    const { status, rows } = await collect('tsla', 'TSLA', 'Tsla', '--interval', 'monthly');
    expect(status).toBe(0);
    expect(rows.map(({ symbol }) => symbol)).toEqual(['TSLA']);
  });

  it.each([
    { name: 'adjusted daily', words: ['IBM', '--interval', 'daily', '--adjusted'] },
    { name: 'adjusted intraday', words: ['IBM', '--interval', '5min', '--adjusted'] },
    { name: 'weekly', words: ['IBM', '--interval', 'weekly'] },
    { name: 'full daily', words: ['AMZN', '--interval', 'daily', '--outputsize', 'full'] },
  ])('collects a series that is $name', async ({ words }) => {
    const { status, rows } = await collect(...words);
    expect(status).toBe(0);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ symbol: words[0], interval: words[2], error: null });
    expect(rows[0]?.stored).toBeGreaterThan(words.includes('full') ? 200 : 50);
  });

  it('reports an unknown symbol beside good ones with status 1 and stores the others', async () => {
    const { status, rows, stderr } = await collect('QQQ', 'INVALID', 'GOOGL', '--interval', 'daily');
    expect(status).toBe(1);
    expect(rows.map(({ symbol, stored }) => [symbol, stored > 50])).toEqual([
      ['QQQ', true],
      ['INVALID', false],
      ['GOOGL', true],
    ]);
    expect(rows[1]).toMatchObject({
      collected: 0,
      qualityScore: 0,
      batchId: null,
      error: { kind: 'externalApi', reason: 'unknownRequest', retryable: false, retryAfterMs: null },
    });
    expect(rows[1]?.error?.message).toMatch(/^Alpha Vantage does not know what was asked for; check the symbol/);
    expect(stderr).not.toMatch(/^ {4}at /m);
    const { stdout } = await marketData(['query', 'GOOGL', '--interval', 'daily', '--json'], environment);
    expect(JSON.parse(stdout)).toHaveLength(rows[2]?.stored ?? 0);
  });

  it('names kind and reason of each refusal', async () => {
    const refusals = [
      ...['DAILYQUOTA', 'PACING', 'MINUTEQUOTA', 'LEGACYNOTE', 'PREMIUMENDPOINT', 'INVALIDKEY', 'OUTAGE'],
      ...['EMPTYOBJECT', 'EMPTYSERIES', 'ARTIFICIALSAMPLE', 'TRUNCATED', 'OUTAGEHTML200', 'UNKNOWNBODY'],
    ];
    const refused = await collect(...refusals.map((refusal) => `SANDBOX.${refusal}`), '--interval', 'daily');
    expect(refused.status).toBe(1);
    expect(
      Object.fromEntries(
        refused.rows.map(({ symbol, error }) => [symbol.slice('SANDBOX.'.length), [error?.kind, error?.reason]]),
      ),
    ).toEqual({
      DAILYQUOTA: ['rateLimit', 'dailyQuota'],
      PACING: ['rateLimit', 'pacing'],
      MINUTEQUOTA: ['rateLimit', 'minuteQuota'],
      LEGACYNOTE: ['rateLimit', 'minuteQuota'],
      PREMIUMENDPOINT: ['externalApi', 'premiumEndpoint'],
      INVALIDKEY: ['configuration', 'authentication'],
      OUTAGE: ['externalApi', 'outage'],
      EMPTYOBJECT: ['dataQuality', 'noData'],
      EMPTYSERIES: ['dataQuality', 'noData'],
      ARTIFICIALSAMPLE: ['externalApi', 'artificialSample'],
      TRUNCATED: ['externalApi', 'malformed'],
      OUTAGEHTML200: ['externalApi', 'outage'],
      UNKNOWNBODY: ['externalApi', 'unknown'],
    });
    for (const { error, stored, collected } of refused.rows) {
      expect([stored, collected]).toEqual([0, 0]);
      expect(error?.message).toMatch(/^[^\n]{20,400}$/);
      if (error?.reason === 'pacing') expect(error.retryAfterMs).toBeGreaterThan(0);
    }
  });

  it('shows people a table, what failed below it, and that the bars are made up', async () => {
    const { status, stdout, stderr } = await marketData(
      ['collect', 'AAPL', 'INVALID', '--interval', 'daily'],
      environment,
    );
    expect(status).toBe(1);
    const [head = '', good = '', bad = '', below = ''] = lines(stdout);
    expect(head.split(/ {2,}/)).toEqual([
      ...['symbol', 'interval', 'source', 'collected', 'stored', 'unchanged', 'quarantined', 'quality', 'ms', 'result'],
    ]);
    expect(good).toMatch(/^AAPL +daily +alpha_vantage_sandbox +100 .* ok$/);
    expect(bad).toMatch(/^INVALID +daily +alpha_vantage_sandbox +0 .* - .* externalApi\/unknownRequest$/);
    expect(below).toMatch(/^INVALID daily: Alpha Vantage does not know/);
    const said = lines(stderr);
    expect(said[0]).toBe(`no API key is set: the vendor's sandbox answers with made-up bars`);
    expect(said.filter((line) => /^[12]\/2 /.test(line))).toHaveLength(2);
  });

  it('does nothing but say how far it came when Ctrl-C was there first', async () => {
    const { status, stdout, stderr } = await marketData(
      ['collect', 'AAPL', 'MSFT', '--interval', 'daily', '--json'],
      environment,
      AbortSignal.abort(),
    );
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toEqual([]);
    expect(lines(stderr).at(-1)).toBe('interrupted: 0 of 2 series finished');
  });
});
