import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutcomeRow } from '../../src/cli/collect.ts';
import { type Ended, type Environment, marketData, temporaryDirectory } from './command-line.ts';
import { type Answer, startVendor } from './vendor.ts';

const key = 'K3Y+that/must=stay&secret';
// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const directory = await temporaryDirectory();
const vendor = await startVendor(answer);
const data = join(directory.path, 'data');
const environment = {
  MARKET_DATA_DIR: data,
  MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
  ALPHA_VANTAGE_API_KEY: key,
  ALPHA_VANTAGE_BASE_URL: vendor.url,
};

function answer(url: URL): Answer {
  switch (url.searchParams.get('symbol')) {
    case 'REFUSED':
      return {
        body: JSON.stringify({
          'Error Message': `the parameter apikey is invalid or missing. Please claim your free API key (${key}).`,
        }),
      };
    case 'ECHO':
      return { status: 400, body: `no such thing: ${url.href} ${key} ${encodeURIComponent(key)}` };
    case 'SLOW':
      return 'hang';
    default:
      return undefined;
  }
}

// What one test was refused or has spent is no matter of the next.
beforeEach(() => rm(join(data, 'collector.db'), { force: true }));
afterAll(async () => {
  await vendor.close();
  await directory.remove();
});

async function collect(symbols: readonly string[], extra: Environment = {}): Promise<Ended & { rows: OutcomeRow[] }> {
  const words = ['collect', ...symbols, '--interval', 'daily', '--json'];
  const ended = await marketData(words, { ...environment, ...extra });
  return { ...ended, rows: JSON.parse(ended.stdout) as OutcomeRow[] };
}

const asked = (symbol: string): URL[] => vendor.requests.filter((url) => url.searchParams.get('symbol') === symbol);

describe('a key', () => {
  it('reaches the vendor and appears in no output and no file', async () => {
    const outputs: Ended[] = [];
    outputs.push(await collect(['IBM', 'SANDBOX.DAILYQUOTA', 'ECHO'], { MARKET_DATA_LOGGING__LEVEL: 'info' }));
    outputs.push(await marketData(['collect', 'MSFT', 'REFUSED', 'ECHO', '--interval', 'daily'], environment));
    for (const words of [
      ['query', 'IBM', '--interval', 'daily'],
      ['quarantine', '--json'],
      ['health', '--json'],
    ]) {
      outputs.push(await marketData(words, environment));
    }
    expect(outputs.map(({ status }) => status)).toEqual([1, 1, 0, 0, 0]);
    expect(outputs[0]?.stdout).toMatch(/no such thing: .*\[redacted\]/);
    expect(asked('IBM').map((url) => url.searchParams.get('apikey'))).toEqual([key]);
    for (const { stdout, stderr } of outputs) {
      for (const form of [key, encodeURIComponent(key)]) {
        expect(stdout).not.toContain(form);
        expect(stderr).not.toContain(form);
      }
    }
    const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect([file.name, bytes.includes(key), bytes.includes(encodeURIComponent(key))]).toEqual([
        file.name,
        false,
        false,
      ]);
    }
  });

  it('that is refused fails with status 1 and says that the key is the reason', async () => {
    const { status, rows } = await collect(['REFUSED']);
    expect(status).toBe(1);
    expect(rows).toMatchObject([
      { source: 'alpha_vantage', error: { kind: 'configuration', reason: 'authentication', retryable: false } },
    ]);
  });

  it('decides whose bars are collected and read', async () => {
    const { MARKET_DATA_DIR } = environment;
    expect((await collect(['AAPL'])).rows[0]).toMatchObject({ source: 'alpha_vantage', stored: 100 });
    const sources = async (env: Environment, ...words: string[]): Promise<unknown[]> => {
      const { status, stdout } = await marketData(['query', 'AAPL', '--interval', 'daily', '--json', ...words], env);
      expect(status).toBe(0);
      return [...new Set((JSON.parse(stdout) as { source: string }[]).map(({ source }) => source))];
    };
    expect(await sources(environment)).toEqual(['alpha_vantage']);
    expect(await sources({ MARKET_DATA_DIR })).toEqual([]);
    await marketData(['collect', 'AAPL', '--interval', 'daily'], { MARKET_DATA_DIR });
    expect(await sources({ MARKET_DATA_DIR })).toEqual(['alpha_vantage_sandbox']);
    expect(await sources({ MARKET_DATA_DIR }, '--source', 'alpha_vantage')).toEqual(['alpha_vantage']);
    expect(await sources(environment, '--source', 'alpha_vantage_sandbox')).toEqual(['alpha_vantage_sandbox']);
    expect(asked('AAPL')).toHaveLength(1);
  });
});

describe('time and calls that run out', () => {
  it('end a collection whose vendor does not answer, and leave the others alone', async () => {
    const { status, rows } = await collect(['GOOGL', 'SLOW'], { MARKET_DATA_COLLECTION__DEADLINE_SECONDS: '1' });
    expect(status).toBe(1);
    expect(rows[0]).toMatchObject({ symbol: 'GOOGL', error: null });
    expect(rows[1]).toMatchObject({ symbol: 'SLOW', error: { kind: 'externalApi', reason: 'outage' } });
    expect(rows[1]?.error?.message).toMatch(/did not end within 1 s: try again, or raise collection\.deadline_seconds/);
  });

  it('fail at once where the wait would be longer than the deadline', async () => {
    const { status, rows } = await collect(['W1', 'W2'], { MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: '0.01' });
    expect(status).toBe(1);
    expect(rows[0]).toMatchObject({ symbol: 'W1', error: null });
    expect(rows[1]).toMatchObject({ symbol: 'W2', error: { kind: 'rateLimit', reason: 'pacing', retryable: true } });
    expect(rows[1]?.error?.retryAfterMs).toBeGreaterThan(60_000);
    expect(rows[1]?.error?.retryAfterMs).toBeLessThanOrEqual(100_250);
    expect(asked('W2')).toEqual([]);
  });

  it('send 25 calls a day on a free key and refuse the next without sending it', async () => {
    const symbols = Array.from({ length: 26 }, (_, index) => `D${index + 1}`);
    const { status, rows } = await collect(symbols);
    expect(status).toBe(1);
    expect(symbols.flatMap(asked)).toHaveLength(25);
    const refused = rows.filter(({ error }) => error !== null);
    expect(refused).toMatchObject([
      { symbol: 'D26', error: { kind: 'rateLimit', reason: 'dailyQuota', retryable: false } },
    ]);
    expect(refused[0]?.error?.retryAfterMs).toBeGreaterThan(86_000_000);
    expect(refused[0]?.error?.message).toMatch(
      /^no request was sent to Alpha Vantage: the calls of 24 hours are used up/,
    );
  });
});
