import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createAlphaVantageSandbox } from '@quantumtrade/vendor-sandbox';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { capture } from './capture.ts';
import { type Environment, lines, marketData, spawnMarketData, temporaryDirectory } from './command-line.ts';
import { type Answer, startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const directory = await temporaryDirectory();
let answer: (url: URL) => Answer = () => undefined;
const vendor = await startVendor((url) => answer(url));
const data = join(directory.path, 'data');
const environment: Environment = {
  MARKET_DATA_DIR: data,
  ALPHA_VANTAGE_API_KEY: 'a key of a test',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
};

beforeEach(async () => {
  answer = () => undefined;
  await rm(join(data, 'collector.db'), { force: true });
});
afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

const asked = (symbol: string): string[] =>
  vendor.requests
    .filter((url) => url.searchParams.get('symbol') === symbol)
    .map((url) => url.searchParams.get('month') ?? '');

describe('plan', () => {
  it('says calls, days and order, and asks nobody', async () => {
    const before = vendor.requests.length;
    const words = ['plan', 'AAPL', 'SPY', 'AAPL', '--interval', '5min', '--from', '2023-01', '--to', '2023-12'];
    const { status, stdout } = await marketData([...words, '--json'], environment);
    expect(status).toBe(0);
    const { order, ...rest } = JSON.parse(stdout) as { order: { month: string; symbol: string }[] };
    expect(rest).toEqual({
      interval: '5min',
      adjusted: false,
      complete: 0,
      calls: 24,
      callsLeftToday: 25,
      days: 1,
      secondsOfCalls: 0,
    });
    expect(order.slice(0, 3)).toEqual([
      { month: '2023-01', symbol: 'SPY', calls: 1 },
      { month: '2023-01', symbol: 'AAPL', calls: 1 },
      { month: '2023-02', symbol: 'SPY', calls: 1 },
    ]);
    const limited = { ...environment, MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: '10' };
    const slow = { ...limited, MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: '1' };
    const text = await marketData(words, slow);
    expect(lines(text.stdout).at(-1)).toBe('24 calls on 3 days, at least 9 s a day, 10 calls are left today');
    expect(vendor.requests).toHaveLength(before);
  });

  it('has no limits to speak of without a key', async () => {
    const words = ['plan', 'AAPL', '--interval', '5min', '--from', '2023-01', '--to', '2023-02', '--json'];
    const { stdout } = await marketData(words, { MARKET_DATA_DIR: data });
    expect(JSON.parse(stdout)).toMatchObject({ calls: 2, callsLeftToday: null, days: 1 });
  });

  it('and quota are of the vendor that is chosen', async () => {
    const both = { ...environment, APCA_API_KEY_ID: 'an id', APCA_API_SECRET_KEY: 'a secret' };
    const words = ['plan', 'AAPL', '--interval', '5min', '--from', '2023-01', '--to', '2023-02', '--json'];
    const planned = await marketData([...words, '--source', 'alpaca'], both);
    expect(JSON.parse(planned.stdout)).toMatchObject({ calls: 2, callsLeftToday: null, days: 1 });
    // 20 sessions of 960 minutes, and 19: two pages of 10,000 each.
    const minutes = words.map((word) => (word === '5min' ? '1min' : word));
    const paged = await marketData([...minutes, '--source', 'alpaca'], both);
    expect(JSON.parse(paged.stdout)).toMatchObject({ calls: 4, order: [{ month: '2023-01', calls: 2 }, { calls: 2 }] });
    const text = await marketData([...minutes.slice(0, -1), '--source', 'alpaca'], both);
    expect(lines(text.stdout).map((line) => line.trim().split(/ +/)[0])).toEqual(['call', '1-2', '3-4', '4']);
    const { stdout } = await marketData(['quota', '--json', '--source', 'alpaca'], both);
    expect(JSON.parse(stdout)).toMatchObject({ limited: true, windows: [{ reason: 'minuteQuota', limit: 200 }] });
    const { stdout: own } = await marketData(['quota', '--json'], both);
    expect(JSON.parse(own)).toMatchObject({ limited: true, windows: [{ reason: 'dailyQuota', limit: 25 }] });
  });

  it.each([
    [['--interval', 'daily', '--from', '2023-01'], 'intraday'],
    [['--interval', '5min', '--from', '2023-13'], 'use YYYY-MM'],
    [['--interval', '5min'], '--from'],
    [['EUR/USD', '--interval', '5min', '--from', '2023-01'], 'by no month'],
  ])('refuses %j', async (words, says) => {
    const { status, stderr } = await marketData(['plan', 'AAPL', ...words], environment);
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('collect --from --to', () => {
  const collect = (symbol: string, to: string, ...more: string[]): string[] => [
    ...['collect', symbol, '--interval', '60min', '--from', '2023-01', '--to', to],
    ...more,
  ];

  it('asks for every month once, and not again when it is run again', async () => {
    const first = await marketData(collect('MONTHS', '2023-03', '--json'), environment);
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject([
      { month: '2023-01', symbol: 'MONTHS', source: 'alpha_vantage', error: null },
      { month: '2023-02' },
      { month: '2023-03' },
    ]);
    expect(lines(first.stderr).filter((line) => /MONTHS 60min 2023-0\d: \d+ collected/.test(line))).toHaveLength(3);
    const again = await marketData(collect('MONTHS', '2023-04'), environment);
    expect(again.stderr).toContain('3 months are complete and not asked for again');
    expect(lines(again.stdout)[0]).toMatch(/^month +symbol/);
    expect(asked('MONTHS').sort()).toEqual(['2023-01', '2023-02', '2023-03', '2023-04']);
  });

  it('asks for the current month every time, as it is never complete', async () => {
    // The month of New York, with its bars up to the 20th.
    const month = new Date(Date.now() - 5 * 3_600_000).toISOString().slice(0, 7);
    const sandbox = createAlphaVantageSandbox({ now: () => Date.parse(`${month}-20T17:00:00Z`) });
    answer = (url) => ({ body: sandbox.handle({ url: url.href }).body });
    const words = ['collect', 'CURRENT', '--interval', '60min', '--from', month, '--json'];
    for (const counts of [{ unchanged: 0 }, { stored: 0 }]) {
      const { status, stdout } = await marketData(words, environment);
      expect([status, JSON.parse(stdout)]).toMatchObject([0, [{ month, error: null, ...counts }]]);
    }
    expect(asked('CURRENT')).toEqual([month, month]);
    const planned = await marketData(['plan', ...words.slice(1)], environment);
    expect(JSON.parse(planned.stdout)).toMatchObject({ calls: 1, complete: 0 });
  });

  it('stops at a spent day, remembers it, and goes on where it was', async () => {
    const sequential = { ...environment, MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS: '1' };
    answer = (url) => (url.searchParams.get('month') === '2023-03' ? 'dailyQuota' : undefined);
    const first = await marketData(collect('SPENT', '2023-06'), sequential);
    expect(first.status).toBe(1);
    expect(first.stderr).toMatch(/stopped: 4 months are left; run the same command after \d{4}-.*Z to go on/);
    expect(asked('SPENT')).toEqual(['2023-01', '2023-02', '2023-03']);
    answer = () => undefined;
    // A new process is told at once, and the vendor is left alone.
    const second = await marketData(collect('SPENT', '2023-06'), sequential);
    expect(second.status).toBe(1);
    expect(asked('SPENT')).toHaveLength(3);
    const quota = await marketData(['quota', '--json'], sequential);
    expect(JSON.parse(quota.stdout)).toMatchObject({ limited: true, hold: { reason: 'dailyQuota' } });
    expect((await marketData(['quota'], sequential)).stdout).toContain('the calls of the day are used up');
  });

  it('waits where the vendor asks for it, and the month is collected all the same', async () => {
    let refusals = 0;
    answer = () =>
      refusals++ === 0
        ? { status: 429, body: '{"message": "Too Many Requests"}', headers: { 'retry-after': '0.05' } }
        : undefined;
    const { status } = await marketData(collect('WAITS', '2023-01'), environment);
    expect([status, asked('WAITS')]).toEqual([0, ['2023-01', '2023-01']]);
  });

  it('never asks twice for a month that it finished, wherever it is killed', { timeout: 120_000 }, async () => {
    const slow: Environment = {
      ...environment,
      PATH: process.env.PATH ?? '',
      MARKET_DATA_COLLECTION__CONCURRENT_COLLECTIONS: '1',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
    };
    const finished: { readonly month: string; readonly askedByThen: number }[] = [];
    for (const kills of [2, 4]) {
      const running = spawnMarketData(collect('KILLED', '2023-08'), slow);
      await running.said(`${kills - finished.length}/`);
      running.child.kill('SIGKILL');
      const { stderr } = await running.ended;
      // The month that was under way at the end may be asked for again.
      const askedByThen = asked('KILLED').length;
      for (const [, month = ''] of stderr.matchAll(/KILLED 60min (\d{4}-\d\d): /g))
        finished.push({ month, askedByThen });
    }
    expect((await marketData(collect('KILLED', '2023-08'), slow)).status).toBe(0);
    const months = asked('KILLED');
    expect(finished.length).toBeGreaterThanOrEqual(4);
    for (const { month, askedByThen } of finished) expect(months.slice(askedByThen)).not.toContain(month);
    expect(new Set(months).size).toBe(8);
  });

  it('shows a bar on a terminal', async () => {
    const error = capture({ isTTY: true });
    const { run } = await import('../../src/cli/run.ts');
    const streams = { out: capture(), error };
    const words = collect('TERMINAL', '2023-02');
    await run({ arguments: words, environment, streams, signal: new AbortController().signal });
    expect(error.text()).toContain('collecting');
  });

  it.each([
    [['--month', '2023-01'], 'cannot be used with'],
    [['--outputsize', 'full'], 'cannot be used with'],
  ])('does not go with %j', async (words, says) => {
    const { status, stderr } = await marketData([...collect('AAPL', '2023-01'), ...words], environment);
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it('needs --from', async () => {
    const { status, stderr } = await marketData(
      ['collect', 'AAPL', '--interval', '5min', '--to', '2023-01'],
      environment,
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining('--to needs --from')]);
  });
});

describe('entitlements', () => {
  it('shows what the key was refused; that is not asked again until it is forgotten', async () => {
    answer = () => 'premiumEndpoint';
    const words = ['collect', 'PREMIUM', '--interval', '1min'];
    for (let i = 0; i < 2; i++) expect((await marketData(words, environment)).status).toBe(1);
    expect(asked('PREMIUM')).toHaveLength(1);
    const listed = await marketData(['entitlements', '--json'], environment);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { request: expect.stringContaining('TIME_SERIES_INTRADAY interval=1min'), reason: 'premiumEndpoint' },
    ]);
    expect((await marketData(['entitlements'], environment)).stdout).toContain('asked again from');
    const forgotten = await marketData(['entitlements', '--forget'], environment);
    expect(forgotten.stderr).toContain('no refusal of the key is remembered');
    await marketData(words, environment);
    expect(asked('PREMIUM')).toHaveLength(2);
  });

  it.each(['entitlements', 'quota'])('says that the sandbox has no limits: %s', async (command) => {
    const { status, stderr } = await marketData([command], { MARKET_DATA_DIR: data });
    expect([status, stderr]).toEqual([0, expect.stringContaining('no API key is set')]);
  });
});
