import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { OutcomeRow } from '../../src/cli/collect.ts';
import { lines, marketData, type Running, spawnMarketData, temporaryDirectory } from './command-line.ts';
import { startVendor } from './vendor.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const directory = await temporaryDirectory();
const vendor = await startVendor((url) => (url.searchParams.get('symbol') === 'HANG' ? 'hang' : undefined));
const environment = {
  MARKET_DATA_DIR: join(directory.path, 'data'),
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  ALPHA_VANTAGE_API_KEY: 'key-of-the-process-tests',
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

const begun: Running[] = [];

function spawned(...words: string[]): Running {
  const running = spawnMarketData(words, environment);
  begun.push(running);
  return running;
}

afterEach(async () => {
  for (const { child, ended } of begun.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

const noTrace = (text: string): void => expect(text).not.toMatch(/^ +at |node:internal|EPIPE/m);

describe('the program', () => {
  it('ends with the status of its command and one line about what is wrong', async () => {
    const { status, stdout, stderr } = await spawned('collect', '../../x', '--interval', 'daily').ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(lines(stderr)).toEqual([expect.stringMatching(/^error: symbol "\.\.\/\.\.\/x" is refused/)]);
  });

  it('prints nothing but JSON on standard output', async () => {
    const { status, stdout, stderr } = await spawned('collect', 'IBM', 'INVALID', '--interval', 'daily', '--json')
      .ended;
    expect(status).toBe(1);
    expect((JSON.parse(stdout) as OutcomeRow[]).map(({ symbol, stored }) => [symbol, stored])).toEqual([
      ['IBM', 100],
      ['INVALID', 0],
    ]);
    noTrace(stderr);
  });

  it('ends without a word when its reader goes away', async () => {
    const words = ['JPM', '--interval', '1min'];
    const month = ['--month', '2023-12', '--outputsize', 'full'];
    expect((await marketData(['collect', ...words, ...month], environment)).status).toBe(0);
    for (const format of [['--json'], []]) {
      const { child, ended } = spawned('query', ...words, ...format);
      child.stdout?.once('data', () => child.stdout?.destroy());
      const { status, signal, stderr } = await ended;
      expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    }
  });

  it('prints what is finished after Ctrl-C, and ends', async () => {
    const running = spawned('collect', 'AAPL', 'HANG', 'MSFT', '--interval', 'daily', '--json');
    await running.said('2/3 ');
    running.child.kill('SIGINT');
    const { status, stdout, stderr } = await running.ended;
    expect(status).toBe(130);
    const rows = JSON.parse(stdout) as OutcomeRow[];
    expect(rows.map(({ symbol, stored, error }) => [symbol, stored, error])).toEqual([
      ['AAPL', 100, null],
      ['MSFT', 100, null],
    ]);
    expect(lines(stderr).at(-1)).toBe('interrupted: 2 of 3 series finished');
    noTrace(stderr);
    const kept = await marketData(['query', 'MSFT', '--interval', 'daily', '--json'], environment);
    expect(JSON.parse(kept.stdout)).toHaveLength(100);
  });
});

describe('a data directory that another process holds', () => {
  it('is waited for, then refused with the name of the holder, and free once that is gone', async () => {
    const holder = spawned('collect', 'AAPL', 'HANG', '--interval', 'daily');
    await holder.said('1/2 ');
    const waiting = spawned('query', 'AAPL', '--interval', 'daily');
    const { status, stdout, stderr } = await marketData(
      ['query', 'AAPL', '--interval', 'daily', '--json'],
      environment,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(lines(stderr)).toEqual([
      expect.stringContaining(`is held by process ${holder.child.pid} (market-data collect); waited 5 s: stop that`),
    ]);
    expect((await waiting.ended).status).toBe(2);
    holder.child.kill('SIGKILL');
    await holder.ended;
    const after = await marketData(['query', 'AAPL', '--interval', 'daily', '--json'], environment);
    expect(after).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(after.stdout)).toHaveLength(100);
  });

  it('is no longer waited for after Ctrl-C, and a second Ctrl-C ends the process at once', async () => {
    const holder = spawned('collect', 'AAPL', 'HANG', '--interval', 'daily');
    await holder.said('1/2 ');
    const reporting = { ...environment, REPORT_SIGNALS: 'yes' };
    const waiting = spawnMarketData(['collect', 'IBM', '--interval', 'daily'], reporting);
    begun.push(waiting);
    await waiting.said('SIGINT newListener');
    waiting.child.kill('SIGINT');
    expect(await waiting.ended).toMatchObject({ status: 130, signal: null, stdout: '' });

    const insisted = spawnMarketData(['query', 'IBM', '--interval', 'daily'], {
      ...environment,
      REPORT_SIGNALS: 'yes',
    });
    begun.push(insisted);
    await insisted.said('SIGINT newListener');
    insisted.child.kill('SIGINT');
    await insisted.said('SIGINT removeListener');
    insisted.child.kill('SIGINT');
    expect(await insisted.ended).toMatchObject({ status: null, signal: 'SIGINT', stdout: '' });
  });
});
