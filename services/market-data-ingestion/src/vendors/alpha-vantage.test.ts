import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { bind, createConfigurationProvider, type DefaultMonitoring, resolve } from '@quantumtrade/core-defaults';
import { FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { type ConfigurationProvider, type ConfigurationSection, Redacted, tokens } from '@quantumtrade/core-traits';
import { type BarRequest, type MarketDataCollector, marketDataTokens } from '@quantumtrade/shared-types';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  type SandboxServer,
  startSandboxServer,
} from '@quantumtrade/vendor-sandbox';
import { container } from 'tsyringe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlphaVantageCollector } from '../collectors/alpha-vantage/alpha-vantage-collector.ts';
import { registerMarketDataIngestion } from '../composition.ts';
import { configurationOptions } from '../configuration/configuration-options.ts';
import { alphaVantageSection } from '../configuration/vendor-sections.ts';
import { activeSource, createCollector } from './registry.ts';
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

/** What collectors remember: a directory of its own for each, so that none knows what another one did. */
const memories = mkdtempSync(join(tmpdir(), 'create-collector-'));
afterAll(() => rmSync(memories, { recursive: true, force: true }));

function collectorFor(values: Readonly<Record<string, unknown>>): {
  readonly collector: MarketDataCollector;
  readonly clock: VirtualClock;
  readonly source: string;
} {
  const directory = mkdtempSync(join(memories, 'memory-'));
  const configProvider = new FakeConfiguration({ ...values, 'storage.data_directory': directory });
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
      await clock.advance(1100);
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

describe('a key that rotates', () => {
  const oldKey = 'OLD+KEY/of=a test';
  const newKey = 'NEW+KEY/of=a test';
  const forms = [oldKey, newKey].flatMap((key) => [key, encodeURIComponent(key), Buffer.from(key).toString('base64')]);

  /** A vendor that remembers the keys it was asked with and quotes both keys in every refusal. */
  async function quotingVendor(onRequest: (count: number) => void = () => undefined) {
    const keys: (string | null)[] = [];
    const httpServer = createServer((request, response) => {
      keys.push(new URL(request.url ?? '/', 'http://vendor').searchParams.get('apikey'));
      onRequest(keys.length);
      const quoted = [...forms, request.url].join(' ');
      response.end(JSON.stringify({ 'Error Message': `Invalid API call for ${quoted}` }));
    });
    await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
    const { port } = httpServer.address() as AddressInfo;
    return {
      keys,
      url: `http://127.0.0.1:${port}/query`,
      close: () => new Promise((resolve) => httpServer.close(resolve)),
    };
  }

  function configured(directory: string, url: string) {
    const keyFile = join(directory, 'key');
    writeFileSync(keyFile, `${oldKey}\n`);
    const configuration = createConfigurationProvider(
      configurationOptions({
        environment: {
          MARKET_DATA_ALPHA_VANTAGE__API_KEY_FILE: keyFile,
          ALPHA_VANTAGE_BASE_URL: url,
          MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
          MARKET_DATA_DIR: directory,
        },
        file: undefined,
      }),
    );
    const logStream = new PassThrough();
    const own = container.createChildContainer();
    bind(own, tokens.ConfigurationProvider, () => configuration);
    registerMarketDataIngestion(own, { environment: {}, logStream });
    const rotate = (): void => {
      writeFileSync(keyFile, newKey);
      expect(configuration.reload()).toMatchObject({ outcome: 'applied', changed: ['alpha_vantage.api_key'] });
    };
    return {
      configuration,
      keyFile,
      rotate,
      monitoring: resolve(own, tokens.MonitoringProvider) as DefaultMonitoring,
      collector: resolve(own, marketDataTokens.MarketDataCollector),
      logged: () => String(logStream.read() ?? ''),
    };
  }

  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rotating-key-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const failureOf = async (collector: MarketDataCollector): Promise<unknown> =>
    await collector.fetchBars(request).then(
      () => undefined,
      (error: unknown) => error,
    );

  function expectNoKeys(text: string): void {
    for (const form of forms) expect(text).not.toContain(form);
    expect(text).toContain('[redacted]');
  }

  it('is used by the next request, and neither key is in errors or logs', async () => {
    const quoting = await quotingVendor();
    const { collector, monitoring, rotate, logged } = configured(directory, quoting.url);
    const first = await failureOf(collector);
    rotate();
    const second = await failureOf(collector);
    expect(quoting.keys).toEqual([oldKey, newKey]);
    expectNoKeys(JSON.stringify(second));
    for (const error of [first, second]) {
      expect(JSON.stringify(error)).not.toContain(oldKey);
      expect(error).toMatchObject({ kind: 'externalApi' });
    }
    monitoring.logError('both', { forms, second, url: `${quoting.url}?x=${encodeURIComponent(oldKey)}` });
    await monitoring.flush();
    expectNoKeys(logged());
    await collector.close?.();
    await quoting.close();
  });

  it('changes while a request is under way, and the answer still shows neither', async () => {
    let rotateNow = (): void => undefined;
    const quoting = await quotingVendor(() => rotateNow());
    const { collector, rotate } = configured(directory, quoting.url);
    rotateNow = rotate;
    expectNoKeys(JSON.stringify(await failureOf(collector)));
    expect(quoting.keys).toEqual([oldKey]);
    await collector.close?.();
    await quoting.close();
  });

  it('goes on with the old one while the new file is not sound', async () => {
    const quoting = await quotingVendor();
    const { collector, configuration, keyFile } = configured(directory, quoting.url);
    writeFileSync(keyFile, '');
    expect(configuration.reload()).toMatchObject({ outcome: 'refused', version: 1 });
    await failureOf(collector);
    expect(quoting.keys).toEqual([oldKey]);
    await collector.close?.();
    await quoting.close();
  });

  it('is asked for again where it was taken away, and nothing is sent', async () => {
    const values: Record<string, unknown> = { api_key: new Redacted(apiKey), base_url: server.url };
    const section = { ...new FakeConfiguration({}).getConfigSection(alphaVantageSection) };
    const configProvider = new FakeConfiguration({ 'alpha_vantage.api_key': apiKey });
    const changing: ConfigurationProvider = {
      getString: (path) => configProvider.getString(path),
      getInteger: (path) => configProvider.getInteger(path),
      getBoolean: (path) => configProvider.getBoolean(path),
      getSecret: (path) => configProvider.getSecret(path),
      getConfigSection: <T>(wanted: ConfigurationSection<T>): T =>
        wanted.path === 'alpha_vantage' ? ({ ...section, ...values } as T) : configProvider.getConfigSection(wanted),
    };
    const collector = createCollector({
      configProvider: changing,
      clock: new VirtualClock(),
      monitoring: new RecordingMonitoring(),
    });
    delete values.api_key;
    expect(await failureOf(collector)).toMatchObject({ kind: 'configuration', reason: 'missingApiKey' });
    expect(vendor.requests).toEqual([]);
    await collector.close?.();
  });
});

describe('the limits of a key', () => {
  it('are 25 calls a day without a premium plan', async () => {
    const { calls, error } = await callsUntilRefused({}, 40);
    expect(calls).toBe(25);
    expect(error).toMatchObject({ kind: 'rateLimit', reason: 'dailyQuota', retryAfterMs: 86_400_250 - 25 * 1100 });
    expect(vendor.requests).toHaveLength(25);
  });

  it('are none a day with a premium plan, unless one is set', async () => {
    expect(await callsUntilRefused({ is_premium: true }, 40)).toMatchObject({ calls: 40 });
    expect(await callsUntilRefused({ is_premium: true, calls_per_day: 5 }, 40)).toMatchObject({ calls: 5 });
  });

  it('can be lifted for a free key', async () => {
    expect(await callsUntilRefused({ calls_per_day: 'none' }, 40)).toMatchObject({ calls: 40 });
  });

  it('spread the calls of a minute evenly where that is set', async () => {
    const outcome = await callsUntilRefused({ is_premium: true, calls_per_minute: 7 }, 40);
    expect(outcome).toMatchObject({ calls: 1, error: { reason: 'minuteQuota', retryAfterMs: 7508 } });
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
    expect(await twice(2)).toMatchObject({ kind: 'rateLimit', reason: 'pacing', retryAfterMs: 513 });
    expect(await twice('none')).toMatchObject({ length: 100 });
  });
});
