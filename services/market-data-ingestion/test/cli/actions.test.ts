import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { lines, marketData, temporaryDirectory } from './command-line.ts';
import { spawnDaemon } from './daemon.ts';
import { type Answer, startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** What the vendor says next; `undefined` leaves it to the sandbox. */
let says: Answer;
const directory = await temporaryDirectory();
const vendor = await startVendor(() => says);
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_ERRORS__MAX_ATTEMPTS: '1',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-action-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

function dividends(symbol: string, ...rows: (readonly [string, string])[]): Answer {
  const data = rows.map(([ex_dividend_date, amount]) => ({ ex_dividend_date, payment_date: 'None', amount }));
  return { body: JSON.stringify({ symbol, data }) };
}

async function json(...words: string[]): Promise<{ status: number | null; rows: Record<string, unknown>[] }> {
  const { status, stdout } = await marketData([...words, '--json'], environment);
  return { status, rows: JSON.parse(stdout) as Record<string, unknown>[] };
}

describe('market-data collect-actions and actions', () => {
  it('store the dividends and splits of the vendor once, and read them', async () => {
    says = undefined;
    const first = await json('collect-actions', 'ibm');
    expect(first.status).toBe(0);
    expect(
      first.rows.map(({ symbol, kind, collected, stored, error }) => [symbol, kind, collected === stored, error]),
    ).toEqual([
      ['IBM', 'dividend', true, null],
      ['IBM', 'split', true, null],
    ]);
    const { rows } = await json('collect-actions', 'IBM', '--kind', 'dividend');
    expect(rows).toMatchObject([{ stored: 0, unchanged: first.rows[0]?.stored }]);
    const read = await json('actions', 'IBM', '--from', '2023-01-01');
    expect(read.rows.length).toBe(5);
    expect(read.rows[0]).toMatchObject({ symbol: 'IBM', source: 'alpha_vantage', kind: 'dividend', withdrawn: false });
    const { stdout } = await marketData(['actions', 'IBM', '--from', '2023-01-01'], environment);
    expect(lines(stdout)).toHaveLength(6);
  });

  it('give what was known at an instant, and every version', async () => {
    says = dividends('WXYZ', ['2024-04-02', '2'], ['2024-01-02', '1']);
    await json('collect-actions', 'WXYZ', '--kind', 'dividend');
    const [known] = (await json('actions', 'WXYZ')).rows;
    says = dividends('WXYZ', ['2024-04-02', '2.5'], ['2024-01-02', '1'], ['soon', '3']);
    const { rows } = await json('collect-actions', 'WXYZ', '--kind', 'dividend');
    expect(rows).toMatchObject([{ collected: 3, stored: 1, unchanged: 1, quarantined: 1, withdrawn: 0 }]);
    says = dividends('WXYZ', ['2024-01-02', '1']);
    await json('collect-actions', 'WXYZ', '--kind', 'dividend');
    const values = async (...words: string[]): Promise<unknown[]> =>
      (await json('actions', 'WXYZ', ...words)).rows.map(({ value }) => value);
    expect(await values()).toEqual(['1']);
    expect(await values('--as-of', String(known?.ingestedAt))).toEqual(['1', '2']);
    expect(await values('--all-versions')).toEqual(['1', '2', '2.5', '2.5']);
    expect((await json('actions', 'WXYZ', '--rejected')).rows).toMatchObject([
      { values: { exDate: 'soon', value: '3' }, brokenRules: ['malformed_date'] },
    ]);
  });

  it('report a refusal without the key and store nothing', async () => {
    const body = 'We have detected your API key as key-of-the-action-tests and this is a premium endpoint.';
    says = { body: JSON.stringify({ Information: body }) };
    const { status, rows } = await json('collect-actions', 'QQQ', '--kind', 'split');
    expect(status).toBe(1);
    expect(rows).toMatchObject([{ collected: 0, stored: 0, error: { reason: 'premiumEndpoint' } }]);
    expect(JSON.stringify(rows)).not.toContain('key-of-the-action-tests');
    expect((await json('actions', 'QQQ')).rows).toEqual([]);
    const asked = vendor.requests.length;
    await json('collect-actions', 'ZZZ', '--kind', 'split');
    expect(vendor.requests.length).toBe(asked);
    const refusals = await json('entitlements');
    expect(refusals.rows).toMatchObject([{ request: 'SPLITS', reason: 'premiumEndpoint' }]);
  });

  it('ask a running daemon, which holds the data directory', async () => {
    says = undefined;
    const running = await spawnDaemon({ ...environment, MARKET_DATA_DIR: join(directory.path, 'daemon') });
    const beside = { ...environment, MARKET_DATA_DIR: join(directory.path, 'daemon') };
    try {
      const collected = await marketData(['collect-actions', 'IBM', '--json'], beside);
      expect([collected.status, JSON.parse(collected.stdout)]).toMatchObject([
        0,
        [
          { kind: 'dividend', source: 'alpha_vantage', error: null },
          { kind: 'split', warnings: [{ code: 'noActions' }] },
        ],
      ]);
      const read = await marketData(['actions', 'IBM', '--from', '2023-01-01', '--json'], beside);
      expect(JSON.parse(read.stdout)).toHaveLength(5);
      says = dividends('WXYZ', ['soon', '3']);
      await marketData(['collect-actions', 'WXYZ', '--kind', 'dividend'], beside);
      const rejected = await marketData(['actions', 'WXYZ', '--rejected', '--json'], beside);
      expect(JSON.parse(rejected.stdout)).toMatchObject([{ brokenRules: ['malformed_date'] }]);
      const other = await marketData(['collect-actions', 'IBM', '--source', 'alpaca'], beside);
      expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('collects from alpha_vantage')]);
    } finally {
      running.child.kill('SIGTERM');
      await running.ended;
    }
  });

  it.each<[string[], string]>([
    [['collect-actions', 'IBM', '--kind', 'merger'], 'dividend or split'],
    [['collect-actions', 'EUR/USD'], 'has no dividends'],
    [['actions', 'IBM', '--from', 'May'], '--from takes a date'],
    [['actions', 'IBM', '--as-of', 'May'], '--as-of takes'],
  ])('refuse %j', async (words, says) => {
    const { status, stderr, stdout } = await marketData(words, environment);
    expect(status === 0).toBe(false);
    expect(stderr + stdout).toContain(says);
  });
});
