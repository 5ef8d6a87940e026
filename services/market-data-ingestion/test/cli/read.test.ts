import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lines, marketData, temporaryDirectory } from './command-line.ts';
import { type Answer, startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const directory = await temporaryDirectory();
const vendor = await startVendor(recorded);
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-read-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

const columns = ['1. open', '2. high', '3. low', '4. close', '5. volume'];
const adjustedColumns = ['1. open', '2. high', '3. low', '4. close', '5. adjusted close', '6. volume'];

/** Bars as the vendor writes them, newest first. */
function body(symbol: string, series: string, names: readonly string[], bars: Record<string, string>): Answer {
  const rows = Object.entries(bars).map(([label, text]) => [
    label,
    Object.fromEntries(text.split(' ').map((value, index) => [names[index], value])),
  ]);
  const metadata = { '1. Information': 'bars', '2. Symbol': symbol, '5. Time Zone': 'US/Eastern' };
  return { body: JSON.stringify({ 'Meta Data': metadata, [series]: Object.fromEntries(rows) }) };
}

function recorded(url: URL): Answer {
  const symbol = url.searchParams.get('symbol') ?? '';
  const adjusted = url.searchParams.get('function') === 'TIME_SERIES_DAILY_ADJUSTED';
  if (symbol === 'WXYZ') {
    return body(symbol, 'Time Series (Daily)', adjusted ? adjustedColumns : columns, {
      '2024-07-02': adjusted ? '10.5 11 10.1 10.9 9.8765432109876 2000' : '10.5 11 10.1 10.9 2000',
      '2024-01-04': adjusted ? '10 10.6 9.9 10.5 9.1 1500' : '10 10.6 9.9 10.5 1500',
      '2024-01-03': adjusted ? '10 10.5 9.75 10.25 9 1' : '10 10.5 9.75 10.25 1000000000000000000',
      '2024-01-02': adjusted ? '10 10.5 9.75 10.25 9 1000' : '298.85821743109733 299 298.5 298.9 1000',
    });
  }
  if (symbol === 'BROKEN') {
    return body(symbol, 'Time Series (Daily)', columns, {
      '2024-01-03': '10 9 11 10 5000',
      '2024-01-02': '10.00 10.50 9.75 10.25 5000',
    });
  }
  return undefined;
}

async function read(...words: string[]): Promise<{ rows: Record<string, unknown>[]; stderr: string }> {
  const { status, stdout, stderr } = await marketData([...words, '--json'], environment);
  expect(status).toBe(0);
  return { rows: JSON.parse(stdout) as Record<string, unknown>[], stderr };
}

const query = async (...words: string[]): Promise<Record<string, unknown>[]> => (await read('query', ...words)).rows;
const openTimes = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map(({ openTime }) => openTime);

beforeAll(async () => {
  for (const words of [
    ['WXYZ', 'BROKEN', '--interval', 'daily'],
    ['WXYZ', '--interval', 'daily', '--adjusted'],
  ]) {
    const { status, stderr } = await marketData(['collect', ...words], environment);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  }
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

describe('market-data query', () => {
  it('prints exact decimals as text, oldest bar first, in UTC, with exactly the promised keys', async () => {
    const rows = await query('wxyz', '--interval', 'daily');
    expect(rows.map(({ ingestedAt, ...row }) => row)).toEqual(
      [
        ['2024-01-02T05:00:00.000Z', '2024-01-02', '298.85821743109733', '299', '298.5', '298.9', '1000'],
        ['2024-01-03T05:00:00.000Z', '2024-01-03', '10', '10.5', '9.75', '10.25', '1000000000000000000'],
        ['2024-01-04T05:00:00.000Z', '2024-01-04', '10', '10.6', '9.9', '10.5', '1500'],
        ['2024-07-02T04:00:00.000Z', '2024-07-02', '10.5', '11', '10.1', '10.9', '2000'],
      ].map(([openTime, sessionDate, open, high, low, close, volume]) => ({
        symbol: 'WXYZ',
        interval: 'daily',
        source: 'alpha_vantage',
        openTime,
        sessionDate,
        ...{ open, high, low, close },
        adjustedClose: null,
        volume,
        qualityScore: 100,
      })),
    );
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
        ...['symbol', 'interval', 'source', 'openTime', 'sessionDate', 'open', 'high', 'low', 'close'],
        ...['adjustedClose', 'volume', 'qualityScore', 'ingestedAt'],
      ]);
      expect(row.ingestedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  it('keeps the adjusted series apart, with the adjusted close of the vendor', async () => {
    const rows = await query('WXYZ', '--interval', 'daily', '--adjusted');
    expect(rows.map(({ close, adjustedClose }) => [close, adjustedClose])).toEqual([
      ['10.25', '9'],
      ['10.25', '9'],
      ['10.5', '9.1'],
      ['10.9', '9.8765432109876'],
    ]);
    expect(rows[1]).toMatchObject({ volume: '1', qualityScore: 90 });
  });

  it('takes a range with both ends included, and counts a limit from the oldest', async () => {
    const daily = ['WXYZ', '--interval', 'daily'];
    expect(openTimes(await query(...daily, '--from', '2024-01-03T05:00:00Z', '--to', '2024-01-04T05:00:00Z'))).toEqual([
      '2024-01-03T05:00:00.000Z',
      '2024-01-04T05:00:00.000Z',
    ]);
    expect(await query(...daily, '--from', '2024-01-04T00:00:00-05:00', '--to', '2024-01-05')).toHaveLength(1);
    expect(await query(...daily, '--from', '2024-01-03T05:00:00.001Z')).toHaveLength(2);
    expect(openTimes(await query(...daily, '--limit', '2'))).toEqual([
      '2024-01-02T05:00:00.000Z',
      '2024-01-03T05:00:00.000Z',
    ]);
    expect(openTimes(await query(...daily, '--from', '2024-01-03', '--limit', '1'))).toEqual([
      '2024-01-03T05:00:00.000Z',
    ]);
    expect(await query(...daily, '--limit', '999999')).toHaveLength(4);
  });

  it('prints [] where nothing is stored, and tells people what to do', async () => {
    expect(await read('query', 'NONE', '--interval', '5min')).toEqual({ rows: [], stderr: '' });
    expect(await read('query', 'WXYZ', '--interval', 'daily', '--source', 'other')).toEqual({ rows: [], stderr: '' });
    const hint = async (...words: string[]): Promise<string> => {
      const { status, stdout, stderr } = await marketData(['query', ...words], environment);
      expect({ status, stdout, lines: lines(stderr).length }).toEqual({ status: 0, stdout: '', lines: 1 });
      return stderr;
    };
    expect(await hint('none', '--interval', '5min', '--adjusted')).toBe(
      'nothing is stored for NONE 5min adjusted from alpha_vantage; ' +
        'collect it with: market-data collect NONE --interval 5min --adjusted\n',
    );
    expect(await hint('WXYZ', '--interval', 'daily', '--source', 'other')).toBe(
      'nothing is stored for WXYZ daily from other\n',
    );
    expect(await hint('WXYZ', '--interval', 'daily', '--from', '2030-01-01')).toContain(' in that range; ');
  });

  it('shows people a table with numbers aligned', async () => {
    const { status, stdout, stderr } = await marketData(['query', 'WXYZ', '--interval', 'daily'], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines(stdout)).toEqual([
      'open time (UTC)           session                   open  high    low  close  adjusted               volume  score',
      '2024-01-02T05:00:00.000Z  2024-01-02  298.85821743109733   299  298.5  298.9                           1000    100',
      '2024-01-03T05:00:00.000Z  2024-01-03                  10  10.5   9.75  10.25            1000000000000000000    100',
      '2024-01-04T05:00:00.000Z  2024-01-04                  10  10.6    9.9   10.5                           1500    100',
      '2024-07-02T04:00:00.000Z  2024-07-02                10.5    11   10.1   10.9                           2000    100',
    ]);
  });
});

describe('market-data quarantine', () => {
  it('prints rejected rows as the vendor wrote them, with score and broken rules', async () => {
    const { rows } = await read('quarantine', '--symbol', 'broken');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      symbol: 'BROKEN',
      interval: 'daily',
      source: 'alpha_vantage',
      label: '2024-01-03',
      ...{ open: '10', high: '9', low: '11', close: '10', adjustedClose: null, volume: '5000' },
      qualityScore: 10,
    });
    expect(rows[0]?.brokenRules).toEqual(['high_below_low', 'open_outside_range', 'close_outside_range']);
    expect((await read('quarantine')).rows).toEqual(rows);
    expect((await read('quarantine', '--symbol', 'WXYZ')).rows).toEqual([]);
  });

  it('adds no second row when the same is collected again', async () => {
    const { status, stdout } = await marketData(['collect', 'BROKEN', '--interval', 'daily', '--json'], environment);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ collected: 2, stored: 0, unchanged: 1, quarantined: 1 }]);
    expect((await read('quarantine', '--symbol', 'BROKEN')).rows).toHaveLength(1);
  });

  it('shows people a table, or says that nothing is there', async () => {
    const { stdout } = await marketData(['quarantine'], environment);
    expect(lines(stdout)).toHaveLength(2);
    expect(lines(stdout)[1]).toMatch(/^BROKEN +daily +2024-01-03 .* 10 +high_below_low, open_outside_range, /);
    expect(await marketData(['quarantine', '--symbol', 'NONE'], environment)).toEqual({
      status: 0,
      stdout: '',
      stderr: 'nothing is in quarantine for NONE\n',
    });
  });
});

describe('market-data health', () => {
  it('prints every component with its implementation, and asks no vendor', async () => {
    const before = vendor.requests.length;
    const { status, stdout, stderr } = await marketData(['health', '--json'], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout) as { checks: Record<string, unknown>[]; timestamp: string };
    expect(report).toMatchObject({ serviceName: 'market-data-ingestion', status: 'healthy' });
    expect(report.timestamp).toMatch(/Z$/);
    expect(report.checks.map(({ name, status, implementation }) => [name, status, implementation])).toEqual([
      ['clickhouse', 'healthy', 'embedded'],
      ['redis', 'healthy', 'in-process'],
      ['spool', 'healthy', 'sqlite'],
      ['alpha_vantage', 'healthy', 'server'],
    ]);
    expect(vendor.requests).toHaveLength(before);
  });

  it('shows people one line a component', async () => {
    const { stdout } = await marketData(['health'], environment);
    expect(lines(stdout)[0]).toMatch(/^market-data-ingestion \S+ is healthy$/);
    expect(
      lines(stdout)
        .slice(2)
        .map((line) => line.split(/ +/)[0]),
    ).toEqual(['clickhouse', 'redis', 'spool', 'alpha_vantage']);
  });
});

describe('market-data migrate', () => {
  it('applies the schema once, and says so the second time', async () => {
    const own = { MARKET_DATA_DIR: join(directory.path, 'migrated') };
    const first = await marketData(['migrate'], own);
    const second = await marketData(['migrate'], own);
    expect([first.status, first.stderr, second.status, second.stderr]).toEqual([0, '', 0, '']);
    expect(lines(first.stdout).length).toBeGreaterThan(0);
    for (const line of lines(first.stdout)) expect(line).toMatch(/^\d+ .+: applied$/);
    expect(second.stdout).toBe(first.stdout.replaceAll(': applied', ': already there'));
  });
});
