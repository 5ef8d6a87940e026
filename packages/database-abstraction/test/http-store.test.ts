import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { marketDataStoreSuite, VirtualClock } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabaseManager, type DatabaseManager } from '../src/index.ts';

const directory = await mkdtemp(join(tmpdir(), 'clickhouse-front-'));
const clock = new VirtualClock({ autoAdvance: true });
let front: ClickHouseFront;

function manage(
  url: string,
  options: { database?: string; username?: string; password?: string } = {},
): DatabaseManager {
  const { password = "pass'word €", ...others } = options;
  return createDatabaseManager({ clock, clickhouse: { url, password: new Redacted(password), ...others } });
}

beforeAll(async () => {
  front = await startClickHouseFront({ directory, password: "pass'word €" });
});
afterAll(async () => {
  await front.close();
  await rm(directory, { recursive: true });
});

describe('ClickHouse over HTTP', () => {
  let manager: DatabaseManager;
  beforeAll(async () => {
    manager = manage(front.url);
    await manager.runMigrations();
  });
  afterAll(() => manager.close());

  marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: manager.clickhouse }) });

  it('is healthy and says that it is a server', async () => {
    const check = manager.healthChecks.find(({ name }) => name === 'clickhouse');
    const report = await check?.check({ signal: new AbortController().signal });
    expect(report).toEqual({ status: 'healthy', message: '', implementation: 'server' });
  });
});

// Any real server, such as that of deploy/compose.clickhouse.yaml.
const { CLICKHOUSE_TEST_URL, CLICKHOUSE_TEST_USER: username = 'default', CLICKHOUSE_TEST_PASSWORD } = process.env;
const [url, password] = [CLICKHOUSE_TEST_URL ?? 'http://127.0.0.1', CLICKHOUSE_TEST_PASSWORD ?? ''];
describe.skipIf(CLICKHOUSE_TEST_URL === undefined)('the ClickHouse server of CLICKHOUSE_TEST_URL', () => {
  const database = `market_data_test_${randomUUID().replaceAll('-', '')}`;
  const server = manage(url, { database, username, password });
  beforeAll(async () => {
    await server.runMigrations();
  });
  afterAll(async () => {
    await server.close();
    const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
    await fetch(url, { method: 'POST', headers, body: `DROP DATABASE ${database}` });
  });

  marketDataStoreSuite({ describe, it, expect }, { create: async () => ({ subject: server.clickhouse }) });
});
