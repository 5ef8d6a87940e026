import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { marketData, temporaryDirectory } from './command-line.ts';

// An engine is opened here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const password = 'canary-of-the-command-line';
const directory = await temporaryDirectory();
let front: ClickHouseFront;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  front = await startClickHouseFront({ directory: directory.path, username: 'market', password });
  environment = {
    CLICKHOUSE_URL: front.url,
    CLICKHOUSE_USERNAME: 'market',
    CLICKHOUSE_PASSWORD: password,
    CLICKHOUSE_DATABASE: 'bars_of_ours',
    MARKET_DATA_DIR: join(directory.path, 'not-used'),
  };
});
afterAll(async () => {
  await front.close();
  await directory.remove();
});

describe('the command line on a ClickHouse server', () => {
  it('migrates, collects, collects again and reads as it does on the embedded engine', async () => {
    expect(await marketData(['migrate'], environment)).toMatchObject({ status: 0 });
    const collect = async (): Promise<Record<string, unknown>> => {
      const { status, stdout } = await marketData(['collect', 'AAPL', '--interval', 'daily', '--json'], environment);
      expect(status).toBe(0);
      const [result] = JSON.parse(stdout) as Record<string, unknown>[];
      return result ?? {};
    };
    const first = await collect();
    expect(first.stored).toBeGreaterThan(0);
    const again = await collect();
    expect(again).toMatchObject({ stored: 0, unchanged: first.stored });
    const { stdout } = await marketData(['query', 'AAPL', '--interval', 'daily', '--json'], environment);
    expect(JSON.parse(stdout)).toHaveLength(first.stored as number);
  });

  it('says in its health that it is a server', async () => {
    const { status, stdout } = await marketData(['health', '--json'], environment);
    expect(status).toBe(0);
    expect(stdout).toMatch(/"implementation": ?"server"/);
  });

  it.each([
    ['CLICKHOUSE_PASSWORD', 'another', 'refuses user market: correct CLICKHOUSE_USER and CLICKHOUSE_PASSWORD'],
    ['CLICKHOUSE_URL', 'http://127.0.0.1:1', 'nothing answers at http://127.0.0.1:1'],
    ['CLICKHOUSE_URL', `http://market:${password}@127.0.0.1:1`, 'expected http(s)://host:port and nothing else'],
  ])('with a wrong %s says in one line what to do, and never the password', async (name, value, expected) => {
    const ended = await marketData(['health'], { ...environment, [name]: value });
    expect(ended.status).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain(expected);
    expect(ended.stdout + ended.stderr).not.toContain(password);
  });
});
