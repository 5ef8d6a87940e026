import { FakeCollector, FakeConfiguration, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { AlpacaCollector } from '../collectors/alpaca/alpaca-collector.ts';
import { activeSource, createCollector, type VendorChoice, vendorProblem, vendors } from './registry.ts';
import { SandboxCollector } from './sandbox-collector.ts';

const keys = { 'alpaca.api_key_id': 'AN-ID', 'alpaca.api_secret_key': 'A-SECRET' };
const alpaca = { 'collection.source': 'alpaca' };

function choose(values: Readonly<Record<string, unknown>>, choice: VendorChoice = {}) {
  const configProvider = new FakeConfiguration(values);
  const parts = { configProvider, clock: new VirtualClock(), monitoring: new RecordingMonitoring() };
  return {
    problem: vendorProblem(configProvider, choice),
    source: () => activeSource(configProvider, choice),
    collector: () => createCollector({ ...parts, ...choice }),
  };
}

describe('the registry of vendors', () => {
  it('has Alpha Vantage, which is chosen where nothing is said, and Alpaca', () => {
    expect([...vendors.keys()]).toEqual(['alpha_vantage', 'alpaca']);
    expect(choose({}).source()).toBe('alpha_vantage_sandbox');
    expect(choose({}).collector().source).toBe('alpha_vantage_sandbox');
  });

  it('makes Alpaca where the configuration or the caller says so: its sandbox without keys', async () => {
    for (const chosen of [choose(alpaca), choose({}, { vendor: 'alpaca' })]) {
      const collector = chosen.collector();
      expect(collector).toBeInstanceOf(SandboxCollector);
      expect([collector.source, chosen.source()]).toEqual(['alpaca_sandbox', 'alpaca_sandbox']);
      expect(collector.health()).toMatchObject({ name: 'alpaca', implementation: 'sandbox' });
      await collector.connect?.();
      const bars = await collector.fetchBars({ symbol: 'BTC/USD', interval: '60min', adjusted: false });
      expect(bars).toMatchObject({ length: 100, series: { source: 'alpaca_sandbox' } });
      await collector.close?.();
    }
  });

  it.each([
    ['iex', 'alpaca'],
    ['sip', 'alpaca_sip'],
    ['delayed_sip', 'alpaca_delayed_sip'],
  ])('keeps the prices of the feed %s under %s', (feed, source) => {
    const chosen = choose({ ...alpaca, ...keys, 'alpaca.feed': feed });
    const collector = chosen.collector();
    expect(collector).toBeInstanceOf(AlpacaCollector);
    expect([collector.source, chosen.source()]).toEqual([source, source]);
    expect(collector.health()).toMatchObject({ name: 'alpaca', implementation: 'server', status: 'healthy' });
  });

  it.each([
    [{ 'alpaca.api_key_id': 'AN-ID' }, 'alpaca.api_key_id'],
    [{ 'alpaca.api_secret_key': 'A-SECRET' }, 'alpaca.api_secret_key'],
    [{ 'alpaca.base_url': 'https://vendor.example' }, 'alpaca.base_url'],
  ])('refuses %j without both keys, when Alpaca is chosen', (values, path) => {
    const { problem, collector } = choose({ ...alpaca, ...values });
    const refused = { kind: 'configuration', reason: 'missingApiKey', message: expect.stringContaining(path) };
    expect(problem).toMatchObject({ path, error: refused });
    expect(collector).toThrow(expect.objectContaining(refused));
    expect(choose(values).problem).toBeUndefined();
  });

  it('refuses a vendor that nobody knows, and says which there are', () => {
    const { problem, collector, source } = choose({ 'collection.source': 'nobody' });
    const message = 'vendor "nobody" is unknown: use alpha_vantage, alpaca';
    const refused = { kind: 'configuration', reason: 'unknownVendor', message };
    expect(problem).toMatchObject({ path: 'collection.source', error: refused });
    expect(collector).toThrow(expect.objectContaining(refused));
    expect(source).toThrow(expect.objectContaining(refused));
  });

  it('takes the vendors of a host', () => {
    const own = new FakeCollector({ source: 'house' });
    const registry = new Map([...vendors, ['house', { source: () => 'house', create: () => own }]]);
    const chosen = choose({ 'collection.source': 'house' }, { registry });
    expect(chosen.problem).toBeUndefined();
    expect(chosen.source()).toBe('house');
    expect(chosen.collector()).toBe(own);
  });
});
