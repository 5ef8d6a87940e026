import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createErrorHandler } from '@quantumtrade/core-defaults';
import {
  FakeConfiguration,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  VirtualClock,
} from '@quantumtrade/core-testing';
import type { ServiceErrorKind } from '@quantumtrade/core-traits';
import type { Series } from '@quantumtrade/shared-types';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  REFUSALS,
  type Refusal,
} from '@quantumtrade/vendor-sandbox';
import { sandboxHandlers } from '@quantumtrade/vendor-sandbox/msw';
import { type SetupServer, setupServer } from 'msw/node';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createService } from '../../src/create-service.ts';
import type { MarketDataIngestionService } from '../../src/service.ts';
import { accountedFor, databaseWith, rejectionOf } from './service-with-doubles.ts';

const apiKey = 'KEY-THAT-NOBODY-MAY-SEE';
const now = Date.UTC(2024, 5, 14, 18);
const series: Series = { symbol: 'IBM', interval: '5min', source: 'alpha_vantage', adjustment: 'raw' };

/** The kind and the reason of each refusal, by the rules. */
const expected: Readonly<Record<Refusal, readonly [ServiceErrorKind, string]>> = {
  pacing: ['rateLimit', 'pacing'],
  premiumBurst: ['rateLimit', 'pacing'],
  minuteQuota: ['rateLimit', 'minuteQuota'],
  dailyQuota: ['rateLimit', 'dailyQuota'],
  legacyNote: ['rateLimit', 'minuteQuota'],
  premiumEndpoint: ['externalApi', 'premiumEndpoint'],
  premiumParameter: ['externalApi', 'premiumParameter'],
  artificialSample: ['externalApi', 'artificialSample'],
  demoKey: ['configuration', 'authentication'],
  invalidKey: ['configuration', 'authentication'],
  invalidCall: ['externalApi', 'unknownRequest'],
  outage: ['externalApi', 'outage'],
  outageHtml: ['externalApi', 'outage'],
  outageHtml200: ['externalApi', 'outage'],
  truncated: ['externalApi', 'malformed'],
  emptyObject: ['dataQuality', 'noData'],
  emptySeries: ['dataQuality', 'noData'],
  wrongSymbol: ['externalApi', 'malformed'],
  unknownBody: ['externalApi', 'unknown'],
  http500: ['externalApi', 'outage'],
  http429: ['rateLimit', 'minuteQuota'],
};

const folder = mkdtempSync(join(tmpdir(), 'sandbox-msw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let sandbox: AlphaVantageSandbox;
let network: SetupServer;
let store: InMemoryMarketDataStore;
let monitoring: RecordingMonitoring;
let clock: VirtualClock;
let service: MarketDataIngestionService;
const sent: string[] = [];

/** A service with a key, the vendor's own address and no part replaced but the store and the clock. */
async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  clock = new VirtualClock({ start: now });
  service = createService({
    configProvider: new FakeConfiguration({
      'alpha_vantage.api_key': apiKey,
      'storage.data_directory': mkdtempSync(join(folder, 'data-')),
      ...settings,
    }),
    databaseManager: databaseWith(store),
    errorHandler: createErrorHandler({ monitoring, clock, policy: { maxAttempts: 1 } }),
    monitoring,
    clock,
  });
  await service.start();
}

beforeEach(() => {
  sandbox = createAlphaVantageSandbox({ now: () => now });
  store = new InMemoryMarketDataStore();
  monitoring = new RecordingMonitoring();
  sent.length = 0;
  network = setupServer(...sandboxHandlers(sandbox));
  network.events.on('request:start', ({ request }) => void sent.push(new URL(request.url).origin));
  // Strict: a request that no handler knows fails instead of leaving the process.
  network.listen({ onUnhandledFrame: 'error' });
});

afterEach(async () => {
  await service.stop();
  network.close();
});

describe("the service at the vendor's own address", () => {
  it.each(['json', 'csv'])('collects and stores bars asked for as %s, and asks nobody else', async (datatype) => {
    await start({ 'alpha_vantage.datatype': datatype });
    const result = await service.collectSymbolData('IBM', '5min');
    expect(result).toMatchObject({ source: 'alpha_vantage', collectedCount: 100, stored: 100, quarantined: 0 });
    expect(accountedFor(result)).toBe(100);
    expect(await store.getStoredBars(series)).toHaveLength(100);
    expect(sandbox.requests).toMatchObject([{ symbol: 'IBM', params: { datatype, adjusted: 'false' } }]);
    expect(sent).toEqual(['https://www.alphavantage.co']);
    expect(monitoring.misuse()).toEqual([]);
  });

  it('finds everything unchanged the second time', async () => {
    await start();
    await service.collectSymbolData('IBM', '5min');
    await clock.advance(1100);
    const second = await service.collectSymbolData('IBM', '5min');
    expect(second).toMatchObject({ stored: 0, unchanged: 100 });
    expect(accountedFor(second)).toBe(100);
  });

  it('knows every refusal of the sandbox', () => {
    expect(Object.keys(expected)).toEqual(REFUSALS);
  });

  it.each(REFUSALS)('takes %s for what it is, and stores nothing', async (refusal) => {
    await start();
    sandbox.refuseNext(refusal);
    const error = await rejectionOf(service.collectSymbolData('IBM', '5min'));
    const [kind, reason] = expected[refusal];
    expect(error).toMatchObject({ name: 'ServiceError', kind, reason, message: expect.stringMatching(/^[^\n]+$/) });
    expect(await store.getStoredBars(series)).toEqual([]);
    expect(await store.getQuarantine()).toEqual([]);
    if (kind === 'rateLimit') expect(error).toHaveProperty('retryAfterMs', expect.any(Number));
    expect(monitoring.counter('data_collection_failures_total', { interval: '5min', kind })).toBe(1);
    expect(monitoring.counter('alpha_vantage_api_errors_total', { reason })).toBe(1);
    expect(monitoring.misuse()).toEqual([]);
    expect(monitoring.text() + JSON.stringify(error)).not.toContain(apiKey);
    expect(sent).toEqual(['https://www.alphavantage.co']);
  });

  it('sends nothing anywhere for its health, its readiness or a spent quota', async () => {
    await start({ 'rate_limits.calls_per_day': 1 });
    await service.healthCheck();
    await service.readyCheck();
    expect(sent).toEqual([]);
    await service.collectSymbolData('IBM', '5min');
    const error = await rejectionOf(service.collectSymbolData('MSFT', '5min'));
    expect(error).toMatchObject({ kind: 'rateLimit', reason: 'dailyQuota', retryAfterMs: 86_400_250 });
    expect(sent).toHaveLength(1);
    expect(sandbox.requests.map(({ symbol }) => symbol)).toEqual(['IBM']);
  });

  it('lets no request of another address through', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    await start({ 'alpha_vantage.base_url': 'https://vendor.example/query' });
    const error = await rejectionOf(service.collectSymbolData('IBM', '5min'));
    expect(error).toMatchObject({ kind: 'externalApi', reason: 'outage' });
    expect(JSON.stringify(error)).not.toContain(apiKey);
    expect(sandbox.requests).toEqual([]);
    expect(printed).toHaveBeenCalledOnce();
    printed.mockRestore();
  });
});
