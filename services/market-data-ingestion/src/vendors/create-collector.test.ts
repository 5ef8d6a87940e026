import { FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { BarRequest, MarketDataCollector } from '@quantumtrade/shared-types';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  type SandboxServer,
  startSandboxServer,
} from '@quantumtrade/vendor-sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { activeSource, createCollector } from './create-collector.ts';
import { SandboxCollector } from './sandbox-collector.ts';

const request: BarRequest = { symbol: 'IBM', interval: 'daily', adjusted: false };
const apiKey = 'KEY-OF-A-TEST';

let vendor: AlphaVantageSandbox;
let server: SandboxServer;
beforeAll(async () => {
  vendor = createAlphaVantageSandbox({ now: () => Date.UTC(2026, 10, 20) });
  server = await startSandboxServer(vendor);
});
beforeEach(() => vendor.reset());
afterAll(() => server.close());

function collectorFor(values: Readonly<Record<string, unknown>>): {
  readonly collector: MarketDataCollector;
  readonly clock: VirtualClock;
  readonly source: string;
} {
  const configProvider = new FakeConfiguration(values);
  const clock = new VirtualClock();
  const collector = createCollector({ configProvider, clock, monitoring: new RecordingMonitoring() });
  return { collector, clock, source: activeSource(configProvider) };
}

/** Asks the local stand-in under a key, spending what the limits allow, and counts how often. */
async function callsUntilRefused(limits: Readonly<Record<string, unknown>>, most: number) {
  const { collector, clock } = collectorFor({
    'alpha_vantage.api_key': apiKey,
    'alpha_vantage.base_url': server.url,
    rate_limits: limits,
  });
  try {
    for (let calls = 0; calls < most; calls++) {
      try {
        await collector.fetchBars(request, { patienceMs: 0 });
      } catch (error) {
        return { calls, error };
      }
      await clock.advance(1000);
    }
    return { calls: most, error: undefined };
  } finally {
    await collector.close?.();
  }
}

describe('the collector that the configuration chooses', () => {
  it('is the sandbox without a key', () => {
    const { collector, source } = collectorFor({});
    expect(collector).toBeInstanceOf(SandboxCollector);
    expect([collector.source, source]).toEqual(['alpha_vantage_sandbox', 'alpha_vantage_sandbox']);
    expect(collector.health()).toMatchObject({ name: 'alpha_vantage', implementation: 'sandbox' });
  });

  it('is the vendor with a key', () => {
    const { collector, source } = collectorFor({ 'alpha_vantage.api_key': apiKey });
    expect(collector).toBeInstanceOf(AlphaVantageCollector);
    expect([collector.source, source]).toEqual(['alpha_vantage', 'alpha_vantage']);
    expect(collector.health()).toMatchObject({ name: 'alpha_vantage', implementation: 'server', status: 'healthy' });
  });

  it('is nothing for an address without a key', () => {
    expect(() => collectorFor({ 'alpha_vantage.base_url': server.url })).toThrow(
      expect.objectContaining({
        kind: 'configuration',
        reason: 'missingApiKey',
        message: expect.stringContaining('ALPHA_VANTAGE_API_KEY'),
      }),
    );
  });

  it('asks as it is configured', async () => {
    const { collector } = collectorFor({
      alpha_vantage: {
        api_key: apiKey,
        base_url: server.url,
        default_output_size: 'full',
        bar_label: 'end',
        datatype: 'csv',
      },
    });
    const bars = await collector.fetchBars({ ...request, interval: '60min' });
    await collector.close?.();
    expect(bars).toMatchObject({ barLabel: 'end', series: { source: 'alpha_vantage', adjustment: 'raw' } });
    expect(vendor.requests).toMatchObject([
      { params: { function: 'TIME_SERIES_INTRADAY', outputsize: 'full', datatype: 'csv', adjusted: 'false' } },
    ]);
  });

  it('keeps the key out of what the vendor says about it', async () => {
    const { collector } = collectorFor({ 'alpha_vantage.api_key': apiKey, 'alpha_vantage.base_url': server.url });
    vendor.refuseNext('dailyQuota');
    const error: unknown = await collector.fetchBars(request).catch((failure: unknown) => failure);
    await collector.close?.();
    expect(error).toMatchObject({ reason: 'dailyQuota', message: expect.stringContaining('API key') });
    expect(JSON.stringify(error)).not.toContain(apiKey);
  });
});

describe('the limits of a key', () => {
  it('are 25 calls a day without a premium plan', async () => {
    const { calls, error } = await callsUntilRefused({}, 40);
    expect(calls).toBe(25);
    expect(error).toMatchObject({ kind: 'rateLimit', reason: 'dailyQuota', retryAfterMs: 86_400_000 - 25_000 });
    expect(vendor.requests).toHaveLength(25);
  });

  it('are none a day with a premium plan, unless one is set', async () => {
    expect(await callsUntilRefused({ is_premium: true }, 40)).toMatchObject({ calls: 40 });
    expect(await callsUntilRefused({ is_premium: true, calls_per_day: 5 }, 40)).toMatchObject({ calls: 5 });
  });

  it('can be lifted for a free key', async () => {
    expect(await callsUntilRefused({ calls_per_day: 'none' }, 40)).toMatchObject({ calls: 40 });
  });

  it('hold for a minute where that is set', async () => {
    const outcome = await callsUntilRefused({ is_premium: true, calls_per_minute: 7 }, 40);
    expect(outcome).toMatchObject({ calls: 7, error: { reason: 'minuteQuota', retryAfterMs: 53_000 } });
  });

  it('space calls by a second, and not at all with none', async () => {
    const twice = async (perSecond: number | 'none'): Promise<unknown> => {
      const { collector } = collectorFor({
        alpha_vantage: { api_key: apiKey, base_url: server.url },
        rate_limits: { calls_per_second: perSecond },
      });
      try {
        await collector.fetchBars(request);
        return await collector.fetchBars(request, { patienceMs: 499 }).catch((error: unknown) => error);
      } finally {
        await collector.close?.();
      }
    };
    expect(await twice(2)).toMatchObject({ kind: 'rateLimit', reason: 'pacing', retryAfterMs: 500 });
    expect(await twice('none')).toMatchObject({ length: 100 });
  });
});
