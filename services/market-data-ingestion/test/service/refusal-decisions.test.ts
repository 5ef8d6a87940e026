import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createErrorHandler } from '@quantumtrade/core-defaults';
import {
  FakeConfiguration,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { isServiceError, Redacted, type ServiceError } from '@quantumtrade/core-traits';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  type Refusal,
  type SandboxServer,
  startSandboxServer,
} from '@quantumtrade/vendor-sandbox';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyAnswer } from '../../src/collectors/alpha-vantage/classify.ts';
import { alphaVantageInstruments } from '../../src/collectors/alpha-vantage/instruments.ts';
import { type VendorReason, vendorReasons } from '../../src/collectors/shared/vendor-reason.ts';
import { createService } from '../../src/create-service.ts';
import type { MarketDataIngestionService } from '../../src/service.ts';
import { databaseWith, rejectionOf } from './service-with-doubles.ts';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/refusals.md', root), 'utf8');

/** How the vendor says each of them. */
const said: Readonly<Record<VendorReason, Refusal>> = {
  pacing: 'pacing',
  minuteQuota: 'minuteQuota',
  dailyQuota: 'dailyQuota',
  authentication: 'invalidKey',
  premiumEndpoint: 'premiumEndpoint',
  premiumParameter: 'premiumParameter',
  artificialSample: 'artificialSample',
  unknownRequest: 'invalidCall',
  noData: 'emptySeries',
  outage: 'outage',
  malformed: 'truncated',
  unknown: 'unknownBody',
};

function errorOf(refusal: Refusal): ServiceError {
  const sandbox = createAlphaVantageSandbox();
  sandbox.refuseNext(refusal);
  const { status, body } = sandbox.handle({ url: '/query?function=TIME_SERIES_DAILY&symbol=IBM&apikey=x' });
  try {
    classifyAnswer(
      { status, headers: {}, body: new TextEncoder().encode(body) },
      {
        request: { symbol: 'IBM', interval: 'daily', adjusted: false },
        settings: { source: 'alpha_vantage', barLabel: 'start', apiKey: new Redacted('x') },
        redact: (text) => text,
        now: 0,
      },
    );
  } catch (error) {
    if (isServiceError(error)) return error;
  }
  throw new Error(`${refusal} was taken for data`);
}

describe('docs/refusals.md', () => {
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|/gm)].map(([, reason, ...rest]) => [reason, rest]),
  );

  it('has a row for every reason and no other, and each is a label of the metric', () => {
    expect([...rows.keys()]).toEqual(
      vendorReasons.toSorted((a, b) => [...rows.keys()].indexOf(a) - [...rows.keys()].indexOf(b)),
    );
    expect(alphaVantageInstruments.errors.labels).toEqual({ reason: vendorReasons });
  });

  it.each(vendorReasons)('says what is decided on %s', (reason) => {
    const error = errorOf(said[reason]);
    const handler = createErrorHandler({ monitoring: new RecordingMonitoring(), clock: new VirtualClock() });
    const context = { service: 'test', operation: 'fetch', timestamp: 0, metadata: {} };
    const decisions = [1, 3].map((attempt) => handler.handleError(error, { ...context, attempt }).action);
    expect([error.reason, error.kind, ...decisions]).toEqual([reason, ...(rows.get(reason) ?? [])]);
  });

  it('names tests that exist for the traps', () => {
    const tests = [...page.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path]) => path as string);
    expect(tests.length).toBeGreaterThan(12);
    for (const path of tests) expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
  });
});

describe('the service and a vendor that refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refusal-decisions-'));
  const now = Date.UTC(2024, 5, 14, 18);
  let vendor: AlphaVantageSandbox;
  let server: SandboxServer;
  let clock: VirtualClock;
  let service: MarketDataIngestionService;
  let settings: Record<string, string>;

  async function start(): Promise<void> {
    clock = new VirtualClock({ start: now });
    const monitoring = new RecordingMonitoring();
    service = createService({
      configProvider: new FakeConfiguration(settings),
      databaseManager: databaseWith(new InMemoryMarketDataStore()),
      errorHandler: createErrorHandler({ monitoring, clock }),
      monitoring,
      clock,
    });
    await service.start();
  }

  beforeEach(async () => {
    vendor = createAlphaVantageSandbox({ now: () => now });
    server = await startSandboxServer(vendor);
    settings = {
      'alpha_vantage.api_key': 'KEY-OF-A-TEST',
      'alpha_vantage.base_url': server.url,
      'storage.data_directory': mkdtempSync(join(folder, 'data-')),
    };
    await start();
  });
  afterEach(async () => {
    await service.stop();
    await server.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('waits for as long as pacing asks and succeeds, and the caller notices nothing', async () => {
    vendor.refuseNext('pacing');
    const collection = service.collectSymbolData('IBM', '5min');
    // One sleeper is the deadline, the other one the wait.
    await expect.poll(() => clock.sleepers).toBe(2);
    expect(vendor.requests).toHaveLength(1);
    await clock.advance(1499);
    expect(vendor.requests).toHaveLength(1);
    await clock.advance(200);
    const result = await collection;
    expect(result).toMatchObject({ source: 'alpha_vantage', collectedCount: 100, stored: 100, warnings: [] });
    expect(result.error).toBeUndefined();
    expect(vendor.requests).toHaveLength(2);
  });

  it('asks nothing more on a spent day, also after a restart', async () => {
    vendor.refuseNext('dailyQuota');
    expect(await rejectionOf(service.collectSymbolData('IBM', '5min'))).toMatchObject({ reason: 'dailyQuota' });
    expect(await rejectionOf(service.collectSymbolData('MSFT', '5min'))).toMatchObject({ reason: 'dailyQuota' });
    await service.stop();
    await start();
    expect(await rejectionOf(service.collectSymbolData('AAPL', 'daily'))).toMatchObject({
      reason: 'dailyQuota',
      retryable: false,
      message: expect.stringContaining('the vendor said that the calls of this day are used up'),
    });
    expect(vendor.requests).toHaveLength(1);
  });
});
