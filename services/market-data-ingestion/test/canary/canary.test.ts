import 'reflect-metadata';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind, type DefaultMonitoring, resolve } from '@quantumtrade/core-defaults';
import {
  FakeCache,
  InMemoryCorporateActionStore,
  InMemoryCoverage,
  InMemoryMarketDataStore,
  InMemorySpool,
  partialMock,
} from '@quantumtrade/core-testing';
import { ServiceError, tokens } from '@quantumtrade/core-traits';
import { type DatabaseManager, DatabaseManagerToken } from '@quantumtrade/database-abstraction';
import { createAlphaVantageSandbox, REFUSALS, type Refusal, reservedSymbol } from '@quantumtrade/vendor-sandbox';
import { container } from 'tsyringe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MarketDataIngestionServiceToken, registerMarketDataIngestion } from '../../src/index.ts';
import { capture } from '../cli/capture.ts';
import { marketData } from '../cli/command-line.ts';
import { formsOf } from '../recorded/support/forms.ts';
import { filesBelow, filesWith, tracesIn, tracesOf } from '../recorded/support/key-search.ts';
import { type Answer, startVendorServer, type VendorServer } from '../recorded/support/vendor-server.ts';

/** A secret that occurs nowhere by accident, and whose encoded forms differ from it. */
const canary = 'CANARY+9c1f/key=Zq8';
const traces = tracesOf(canary);
const seenIn = (text: string): string[] => tracesIn(text, traces).map((trace) => `${trace} in ${text}`);

let server: VendorServer;
let folder: string;

beforeAll(async () => {
  server = await startVendorServer();
  folder = await mkdtemp(join(tmpdir(), 'canary-'));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function environment(dataDirectory: string): Record<string, string> {
  return {
    ALPHA_VANTAGE_API_KEY: canary,
    ALPHA_VANTAGE_BASE_URL: server.url,
    MARKET_DATA_DIR: dataDirectory,
    MARKET_DATA_ALPHA_VANTAGE__MAX_RETRIES: '0',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
    MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
  };
}

/** What the sandbox says when it refuses so, with the key in its words: in each text of a JSON body, or at its start. */
function quoting(refusal: Refusal): Answer {
  const sandbox = createAlphaVantageSandbox();
  const answer = sandbox.handle({
    url: `/query?function=TIME_SERIES_DAILY&symbol=${reservedSymbol(refusal)}&apikey=any`,
  });
  const url = `/query?apikey=${encodeURIComponent(canary)}`;
  const quoted = answer.body.includes('"') ? answer.body.replaceAll(': "', `: "${canary} ${url} `) : '';
  const { 'content-type': contentType = 'application/json' } = answer.headers;
  return { status: answer.status, contentType, body: quoted || `${canary} ${url} ${answer.body}` };
}

/** The service as it is composed, with what the parts in `replace` bind before it. */
async function gather(
  dataDirectory: string,
  symbol: string,
  replace: { readonly cache?: FakeCache; readonly databaseManager?: DatabaseManager } = {},
): Promise<{ readonly outcome: unknown; readonly text: string }> {
  const host = container.createChildContainer();
  const { cache, databaseManager } = replace;
  if (cache !== undefined) bind(host, tokens.Cache, () => cache);
  if (databaseManager !== undefined) bind(host, DatabaseManagerToken, () => databaseManager);
  const log = capture();
  registerMarketDataIngestion(host, { environment: environment(dataDirectory), logStream: log });
  const service = resolve(host, MarketDataIngestionServiceToken);
  const monitoring = resolve(host, tokens.MonitoringProvider) as DefaultMonitoring;
  const seen: unknown[] = [];
  const keep = async (work: () => Promise<unknown>): Promise<unknown> => {
    const outcome = await work().catch((error: unknown) => error);
    seen.push(outcome);
    return outcome;
  };
  await keep(() => service.start());
  const outcome = await keep(() => service.collectSymbolData(symbol, 'daily'));
  await keep(() => service.healthCheck());
  await keep(() => service.readyCheck());
  await keep(() => resolve(host, DatabaseManagerToken).clickhouse.getQuarantine());
  await keep(() => service.stop());
  await keep(() => resolve(host, DatabaseManagerToken).close());
  const metrics = await monitoring.metricsText();
  await monitoring.flush();
  return { outcome, text: [...seen.map(formsOf), metrics, log.text()].join('\n') };
}

describe('a secret in the configuration', { timeout: 60_000 }, () => {
  it('is nowhere after the refusals of the vendor, all of which quote it', async () => {
    const directory = join(folder, 'refusals');
    for (const refusal of REFUSALS) {
      const symbol = reservedSymbol(refusal);
      server.serve(symbol, quoting(refusal));
      const { outcome, text } = await gather(directory, symbol);
      expect(outcome, refusal).toBeInstanceOf(Error);
      expect(text, refusal).toContain(symbol);
      expect(seenIn(text), refusal).toEqual([]);
      // The next one would not be asked; what this one remembers is searched all the same.
      await rename(join(directory, 'collector.db'), join(directory, `collector-${refusal}.db`));
    }
    expect(server.requests.length).toBeGreaterThanOrEqual(REFUSALS.length);
    expect(server.requests.every((request) => request.get('apikey') === canary)).toBe(true);
    expect(filesBelow(directory).length).toBeGreaterThan(10);
    expect(filesWith(directory, traces)).toEqual([]);
  });

  it('is nowhere when the cache fails and when the store refuses rows in their own words', async () => {
    const row = '2024-01-02,10,11,9,10.5,2000\n';
    server.serve('QUOTED', { body: `timestamp,open,high,low,close,volume\n${row}2024-01-03,${canary},1,1,1,1\n` });
    const cache = new FakeCache();
    cache.failWith();
    const withoutCache = await gather(join(folder, 'refusals'), 'QUOTED', { cache });
    expect(withoutCache.outcome).toMatchObject({ stored: 1, quarantined: 1 });
    expect(withoutCache.text).toContain('2024-01-03');
    expect(seenIn(withoutCache.text)).toEqual([]);

    const refused = await gather(folder, 'QUOTED', { databaseManager: databaseThatQuotes() });
    expect(refused.outcome).toMatchObject({ kind: 'database', reason: 'spoolFull' });
    expect(refused.text).toContain('cannot store');
    expect(seenIn(refused.text)).toEqual([]);
  });

  it.each<readonly [what: string, wrong: (directory: string) => Record<string, string>, says: string]>([
    ['stands in another setting', () => ({ MARKET_DATA_ALPHA_VANTAGE__TIMEOUT_SECONDS: canary }), 'timeout_seconds'],
    ['stands under a name that is not known', () => ({ MARKET_DATA_ALPHA_VANTAGE__APIKEY: canary }), 'api_key'],
    [
      'stands in the endpoint as a password',
      () => ({ ALPHA_VANTAGE_BASE_URL: `https://me:${encodeURIComponent(canary)}@vendor.test/query` }),
      'base_url',
    ],
    [
      'stands in the query of the endpoint',
      () => ({ ALPHA_VANTAGE_BASE_URL: `https://vendor.test/query?apikey=${canary}` }),
      'base_url',
    ],
    ['stands beside a directory that cannot be used', (file) => ({ MARKET_DATA_DIR: file }), 'MARKET_DATA_DIR'],
  ])('is not in what the command line says when it %s', async (_, wrong, says) => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const ended = await marketData(['collect', 'IBM', '--interval', 'daily', '--json'], {
      ...environment(join(folder, 'wrong')),
      ...wrong(file),
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(says);
    expect(seenIn(ended.stdout + ended.stderr)).toEqual([]);
  });

  it.each([
    ['a line that is cut off', `[alpha_vantage]\napi_key = "${canary}\n`],
    ['a section that has no such key', `[collection]\napi_key = "${canary}"\n`],
    ['the place of a section', `alpha_vantage = "${canary}"\n`],
  ])('is not in what the command line says of %s in the file', async (name, text) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.toml`);
    await writeFile(file, text);
    const words = ['collect', 'IBM', '--interval', 'daily', '--config', file];
    const ended = await marketData(words, { MARKET_DATA_DIR: join(folder, 'wrong') });
    expect(ended.status).toBe(2);
    expect(ended.stderr).not.toBe('');
    expect(seenIn(ended.stdout + ended.stderr)).toEqual([]);
  });
});

/** Stores nothing, and says of rejected rows what they held, as engines do. */
function databaseThatQuotes(): DatabaseManager {
  const store = new InMemoryMarketDataStore();
  store.insertQuarantine = async (_series, rows) => {
    const message = `cannot store ${JSON.stringify(rows)}`;
    throw new ServiceError({ kind: 'database', reason: 'refused', message, cause: new Error(message) });
  };
  const spool = new InMemorySpool({ maxBytes: 1 });
  void spool.open();
  return {
    clickhouse: store,
    corporateActions: new InMemoryCorporateActionStore(),
    coverage: new InMemoryCoverage({ store }),
    transfer: partialMock<DatabaseManager['transfer']>('MarketDataTransfer', {}),
    maintenance: partialMock<DatabaseManager['maintenance']>('MarketDataMaintenance', {}),
    redis: new FakeCache(),
    spool,
    healthChecks: [],
    connect: async () => {},
    runMigrations: async () => [],
    close: async () => {},
  };
}
