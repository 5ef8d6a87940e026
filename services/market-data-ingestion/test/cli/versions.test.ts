import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lines, marketData, temporaryDirectory } from './command-line.ts';
import { type Answer, startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** What the vendor says next. */
let says: Answer;
const directory = await temporaryDirectory();
const vendor = await startVendor(() => says);
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_ERRORS__MAX_ATTEMPTS: '1',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-version-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

/** Bars as the vendor writes them: prices are all the same, the volume says what is what. */
function answer(symbol: string, series: string, refreshed: string, bars: Record<string, string>): Answer {
  const rows = Object.entries(bars).map(([label, volume]) => [
    label,
    { '1. open': '10', '2. high': '10', '3. low': '10', '4. close': '10', '5. volume': volume },
  ]);
  const metadata = { '2. Symbol': symbol, '3. Last Refreshed': refreshed, '5. Time Zone': 'US/Eastern' };
  return { body: JSON.stringify({ 'Meta Data': metadata, [series]: Object.fromEntries(rows) }) };
}

async function collect(symbol: string, interval: string, next: Answer, ...words: string[]): Promise<number | null> {
  says = next;
  const { status } = await marketData(['collect', symbol, '--interval', interval, '--json', ...words], environment);
  return status;
}

async function read(...words: string[]): Promise<Record<string, unknown>[]> {
  const { status, stdout, stderr } = await marketData([...words, '--json'], environment);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

const weekly = (label: string, volume: string): Answer =>
  answer('WEEK', 'Weekly Time Series', label, { [label]: volume, '2023-12-29': '7000' });
const daily = (volume: string): Answer =>
  answer('WXYZ', 'Time Series (Daily)', '2024-01-03', { '2024-01-03': volume, '2024-01-02': '9000' });

beforeAll(async () => {
  for (const volume of ['5000', '6000', '5000']) expect(await collect('WXYZ', 'daily', daily(volume))).toBe(0);
  expect(await collect('WEEK', 'weekly', weekly('2024-01-03', '1000'))).toBe(0);
  expect(await collect('WEEK', 'weekly', weekly('2024-01-05', '2000'))).toBe(0);
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

describe('market-data history', () => {
  it('prints every version of a bar, oldest first, with what it was and where it came from', async () => {
    const rows = await read('history', 'wxyz', '--interval', 'daily', '--at', '2024-01-03');
    expect(rows.map(({ openTime, volume, lastRefreshed }) => [openTime, volume, lastRefreshed])).toEqual(
      ['5000', '6000', '5000'].map((volume) => ['2024-01-03T05:00:00.000Z', volume, '2024-01-03']),
    );
    expect(new Set(rows.map(({ batchId }) => batchId)).size).toBe(3);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['symbol', 'interval', 'source', 'openTime', 'sessionDate', 'open', 'high', 'low', 'close'],
      ...['adjustedClose', 'volume', 'qualityScore', 'ingestedAt'],
      ...['brokenRules', 'barLabel', 'lastRefreshed', 'batchId'],
    ]);
    const [single, ...others] = await read('history', 'WXYZ', '--interval', 'daily', '--at', '2024-01-02T05:00:00Z');
    expect([single?.volume, single?.brokenRules, others]).toEqual(['9000', [], []]);
  });

  it('shows people a table, or says that there is no such bar', async () => {
    const bar = ['history', 'WXYZ', '--interval', 'daily', '--at'];
    const { stdout } = await marketData([...bar, '2024-01-03'], environment);
    expect(lines(stdout)).toHaveLength(4);
    expect(lines(stdout)[0]).toMatch(/^stored \(UTC\) .* broken rules +last refreshed +batch$/);
    expect(await marketData([...bar, '2024-01-06'], environment)).toEqual({
      status: 0,
      stdout: '',
      stderr: 'no bar of WXYZ daily opens at 2024-01-06T05:00:00.000Z from alpha_vantage\n',
    });
    expect(await read(...bar, '2024-01-06')).toEqual([]);
  });

  it('still has the bar of a period that came back under another date', async () => {
    const rows = await read('history', 'WEEK', '--interval', 'weekly', '--at', '2024-01-03');
    expect(rows.map(({ sessionDate, volume }) => [sessionDate, volume])).toEqual([['2024-01-03', '1000']]);
  });

  it.each([
    { words: [], says: "error: required option '--at <ISO>' not specified" },
    { words: ['--at', 'yesterday'], says: '--at takes an ISO date or instant such as 2024-01-02' },
    { words: ['--at', '2024-02-30'], says: '--at takes a date such as 2024-01-02 or an ISO instant' },
    { words: ['--at', '2024-01-02', '--interval', '5min'], says: '--at takes the instant a 5min bar opens, such as ' },
    { words: ['--at', '2024-01-02', '--source', 'X;'], says: '--source takes a name such as ' },
  ])('refuses $words', async ({ words, says: complaint }) => {
    const { status, stdout, stderr } = await marketData(
      ['history', 'WXYZ', '--interval', 'daily', ...words],
      environment,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(lines(stderr)).toHaveLength(1);
  });
});

describe('market-data query --as-of', () => {
  it('reads what was stored at each instant', async () => {
    const query = ['query', 'WXYZ', '--interval', 'daily'];
    const versions = await read('history', 'WXYZ', '--interval', 'daily', '--at', '2024-01-03');
    for (const { ingestedAt, volume } of versions) {
      const rows = await read(...query, '--as-of', String(ingestedAt));
      expect(rows.map((row) => row.volume)).toEqual(['9000', volume]);
    }
    const { stderr } = await marketData([...query, '--as-of', '2001-01-01'], environment);
    expect(stderr).toMatch(/^nothing is stored for WXYZ daily from alpha_vantage as of 2001-01-01T00:00:00\.000Z/);
  });

  it('hides the bar of a period that came back under another date, except before it did', async () => {
    const dates = async (...words: string[]): Promise<unknown[]> =>
      (await read('query', 'WEEK', '--interval', 'weekly', ...words)).map(({ sessionDate }) => sessionDate);
    expect(await dates()).toEqual(['2023-12-29', '2024-01-05']);
    const [partial] = await read('history', 'WEEK', '--interval', 'weekly', '--at', '2024-01-03');
    expect(await dates('--as-of', String(partial?.ingestedAt))).toEqual(['2023-12-29', '2024-01-03']);
  });

  it('refuses what is no instant', async () => {
    const { status, stderr } = await marketData(
      ['query', 'WXYZ', '--interval', 'daily', '--as-of', 'noon'],
      environment,
    );
    expect(status).toBe(2);
    expect(stderr).toContain('--as-of takes an ISO date or instant');
  });
});

describe('market-data batches', () => {
  it('prints every collection, newest first, failed ones too, with counts, times and outcome', async () => {
    const refusal = { body: JSON.stringify({ 'Error Message': 'Invalid API call. Please retry.' }) };
    expect(await collect('NOPE', 'daily', refusal, '--outputsize', 'full')).toBe(1);
    expect(await collect('WXYZ', 'daily', daily('5000'))).toBe(0);
    const rows = await read('batches');
    expect(rows.map(({ symbol, outcome, stored, unchanged }) => [symbol, outcome, stored, unchanged])).toEqual([
      ['WXYZ', 'stored', 0, 2],
      ['NOPE', 'failed', 0, 0],
      ['WEEK', 'stored', 1, 1],
      ['WEEK', 'stored', 2, 0],
      ['WXYZ', 'stored', 1, 1],
      ['WXYZ', 'stored', 1, 1],
      ['WXYZ', 'stored', 2, 0],
    ]);
    expect(rows[0]).toMatchObject({
      ...{ interval: 'daily', source: 'alpha_vantage', adjustment: 'raw', collected: 2, processed: 2 },
      ...{ duplicates: 0, quarantined: 0, spooled: 0, cached: 0, qualityScore: 100, lastRefreshed: '2024-01-03' },
      ...{ firstOpenTime: '2024-01-02T05:00:00.000Z', lastOpenTime: '2024-01-03T05:00:00.000Z' },
      ...{ outputSize: null, month: null, errorKind: null, errorReason: null },
    });
    for (const stage of ['durationMs', 'fetchMs', 'processMs', 'storeMs'])
      expect(rows[0]?.[stage]).toBeTypeOf('number');
    expect(rows[1]).toMatchObject({ outputSize: 'full', processMs: null, storeMs: null, firstOpenTime: null });
    expect(rows[1]?.errorKind).toBeTypeOf('string');
    expect(JSON.stringify(rows)).not.toContain('key-of-the-version-tests');
  });

  it('names the batch that a version came from', async () => {
    const versions = await read('history', 'WXYZ', '--interval', 'daily', '--at', '2024-01-03');
    const known = new Set((await read('batches', 'wxyz')).map(({ batchId }) => batchId));
    for (const { batchId } of versions) expect(known).toContain(batchId);
  });

  it('shows one symbol and no more than asked for, as a table, or says that there is nothing', async () => {
    expect(await read('batches', 'week', '--limit', '1')).toMatchObject([{ symbol: 'WEEK', stored: 1 }]);
    const { stdout } = await marketData(['batches', '--limit', '3'], environment);
    expect(lines(stdout)).toHaveLength(4);
    expect(lines(stdout)[0]).toMatch(/^accepted \(UTC\) +symbol +interval +source +outcome +collected +stored /);
    expect(await marketData(['batches', 'NONE'], environment)).toEqual({
      status: 0,
      stdout: '',
      stderr: 'nothing was collected for NONE yet\n',
    });
  });

  it.each([
    { words: ['--limit', '0'], says: '--limit takes a whole number from 1 on' },
    { words: ['../x'], says: 'symbol "../x" is refused' },
    { words: ['A', 'B'], says: "error: too many arguments for 'batches'" },
  ])('refuses $words', async ({ words, says: complaint }) => {
    const { status, stdout, stderr } = await marketData(['batches', ...words], environment);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
  });
});
