import { join } from 'node:path';
import { calendarOf } from '@quantumtrade/market-calendar';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Environment, lines, marketData, temporaryDirectory } from './command-line.ts';
import { startVendor } from './vendor.ts';

// Databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

/** The trading days that the vendor has next. */
let days: readonly string[] = [];
let asked = 0;
const directory = await temporaryDirectory();
const vendor = await startVendor(() => {
  asked += 1;
  const bar = { '1. open': '10', '2. high': '10', '3. low': '10', '4. close': '10', '5. volume': '1000' };
  const metadata = { '2. Symbol': 'WXYZ', '3. Last Refreshed': '2024-01-05', '5. Time Zone': 'US/Eastern' };
  return {
    body: JSON.stringify({
      'Meta Data': metadata,
      'Time Series (Daily)': Object.fromEntries(days.map((day) => [day, bar])),
    }),
  };
});
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_ERRORS__MAX_ATTEMPTS: '1',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-coverage-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};
const range = ['--interval', 'daily', '--from', '2024-01-02', '--to', '2024-01-11'];

async function collected(...sessions: string[]): Promise<Record<string, unknown>> {
  days = sessions;
  const { stdout } = await marketData(['collect', 'WXYZ', '--interval', 'daily', '--json'], environment);
  const [row] = JSON.parse(stdout) as Record<string, unknown>[];
  return row ?? {};
}

const batches: unknown[] = [];
let warnings: unknown;

beforeAll(async () => {
  batches.push((await collected('2024-01-05', '2024-01-03', '2024-01-02')).batchId);
  ({ warnings } = await collected('2024-01-11', '2024-01-10'));
  asked = 0;
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

const coverage = (...words: string[]) => marketData(['coverage', ...words], environment);
const gaps = (words: string[] = [], more: Environment = {}) =>
  marketData(['gaps', ...words, ...range], { ...environment, ...more });

describe('market-data collect', () => {
  it('warns of the days that compact data did not reach back to', () => {
    expect(warnings).toEqual([
      {
        code: 'gap',
        message: expect.stringMatching(/^2 bars from 2024-01-08T05:00:00.000Z to 2024-01-09T05:00:00.000Z /),
        from: '2024-01-08T05:00:00.000Z',
        to: '2024-01-09T05:00:00.000Z',
      },
    ]);
  });
});

describe('market-data coverage', () => {
  it('prints a map of the sessions in plain signs where there is no terminal, and asks no vendor', async () => {
    const { status, stdout, stderr } = await coverage('wxyz', ...range);
    expect({ status, stderr, asked }).toEqual({ status: 0, stderr: '', asked: 0 });
    expect(lines(stdout)).toEqual([
      'WXYZ daily alpha_vantage XNYS',
      '  2024-01  ##o# ..##',
      '  8 sessions: 5 present, 1 confirmed empty, 2 pending, 0 unrecoverable',
      '',
      '# present   o confirmed empty   . pending',
    ]);
    expect((await coverage(...range)).stdout).toBe(stdout);
  });

  it('prints the rows with their evidence', async () => {
    const { stdout } = await coverage('WXYZ', ...range, '--json');
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    const version = calendarOf('XNYS').version;
    expect(rows).toHaveLength(8);
    expect(rows[2]).toEqual({
      ...{ symbol: 'WXYZ', interval: 'daily', source: 'alpha_vantage', adjustment: 'raw', exchange: 'XNYS' },
      ...{ session: '2024-01-04', open: '2024-01-04T14:30:00.000Z', close: '2024-01-04T21:00:00.000Z' },
      ...{ expected: 1, present: 0, extra: 0, absentConfirmed: 1, state: 'confirmedEmpty', reason: null },
      ...{ pendingSince: null, overdue: false },
      evidence: { batchIds: batches, instants: [expect.any(String)], errorReason: null, calendarVersion: version },
    });
    expect(rows[4]).toMatchObject({ session: '2024-01-08', state: 'pending', pendingSince: expect.any(String) });
  });

  it('says so where there is nothing to look at', async () => {
    expect(await coverage('--interval', '5min', '--from', '2024-01-02')).toEqual({
      ...{ status: 0, stdout: '' },
      stderr: 'no 5min bar is stored from alpha_vantage: name the symbols to look at\n',
    });
    expect((await coverage('WXYZ', '--interval', 'daily', '--from', '2024-01-06', '--to', '2024-01-07')).stderr).toBe(
      'no session has closed from 2024-01-06 to 2024-01-07\n',
    );
  });

  it.each([
    ['2024-01-03', '2024-01-02', /--from 2024-01-03 is after --to 2024-01-02/],
    ['2024-02-30', '2024-03-01', /2024-02-30/],
    ['yesterday', '2024-03-01', /"yesterday" is not a date/],
    ['1980-01-02', '2024-03-01', /1990/],
  ])('refuses --from %s --to %s', async (from, to, message) => {
    const { status, stdout, stderr } = await coverage('WXYZ', '--interval', 'daily', '--from', from, '--to', to);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('market-data gaps', () => {
  it('lists holes with what each would cost, and what all cost together', async () => {
    const { status, stdout, stderr } = await gaps();
    expect({ status, stderr, asked }).toEqual({ status: 0, stderr: '', asked: 0 });
    const [head, hole, total, ...others] = lines(stdout).map((line) => line.split(/ {2,}/));
    expect(head).toEqual([
      'symbol',
      'interval',
      'first session',
      'last session',
      'sessions',
      'missing',
      'calls',
      'asks for',
    ]);
    expect(hole).toEqual(['WXYZ', 'daily', '2024-01-08', '2024-01-09', '2', '2', '1', 'full']);
    expect(total).toEqual([expect.stringMatching(/^1 call on 1 day, at least 0 s a day, 23 calls are left today$/)]);
    expect(others).toEqual([]);
  });

  it('prints the rows', async () => {
    expect(JSON.parse((await gaps(['--json'])).stdout)).toEqual([
      {
        ...{ symbol: 'WXYZ', interval: 'daily', source: 'alpha_vantage', adjustment: 'raw' },
        ...{ from: '2024-01-08T14:30:00.000Z', to: '2024-01-09T21:00:00.000Z' },
        ...{ firstSession: '2024-01-08', lastSession: '2024-01-09', sessions: 2, missing: 2, calls: 1, overdue: false },
        requests: [{ month: null, outputSize: 'full', calls: 1 }],
      },
    ]);
    expect(
      await marketData(['gaps', '--interval', 'daily', '--from', '2024-01-02', '--to', '2024-01-05'], environment),
    ).toEqual({
      ...{ status: 0, stdout: '' },
      stderr: 'no session is pending\n',
    });
  });

  it('fails where a session is pending for too long', async () => {
    const { status, stdout, stderr } = await gaps([], { MARKET_DATA_COVERAGE__MAX_PENDING_DAYS: '0' });
    expect(status).toBe(1);
    expect(stdout).toContain('overdue');
    expect(stderr).toBe('failure: pending for more than 0 days (coverage.max_pending_days): 1 gaps\n');
  });
});
