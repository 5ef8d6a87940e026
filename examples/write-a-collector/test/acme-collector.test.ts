import { globSync, readFileSync } from 'node:fs';
import { systemClock } from '@quantumtrade/core-defaults';
import { collectorSuite, RecordingMonitoring } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import { createQuota, createVendorHttp, type Quota, unlimited } from '@quantumtrade/market-data-ingestion';
import { startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { describe, expect, it } from 'vitest';
import { AcmeCollector } from '../src/collector/acme-collector.ts';
import { acme } from '../src/collector/vendor.ts';
import { createAcmeStandIn, standInKey } from '../src/stand-in.ts';

const daily = { symbol: 'IBM', interval: 'daily', adjusted: false } as const;

async function withStandIn({ key = standInKey, quota = unlimited }: { key?: string; quota?: Quota } = {}) {
  const vendor = createAcmeStandIn();
  const server = await startSandboxServer(vendor);
  const monitoring = new RecordingMonitoring();
  const parts = { quota, http: createVendorHttp(acme), clock: systemClock, monitoring };
  const collector = new AcmeCollector({ ...parts, baseUrl: server.url, apiKey: new Redacted(key) });
  const dispose = async (): Promise<void> => {
    await collector.close();
    await server.close();
  };
  return { vendor, collector, monitoring, dispose };
}

describe('the collector of Acme Markets', () => {
  collectorSuite(
    { describe, it, expect },
    {
      answered: [daily, { symbol: 'AAPL', interval: '5min', adjusted: false }, { ...daily, symbol: 'MSFT' }],
      notOffered: { ...daily, interval: 'weekly' },
      unknownSymbol: 'NOWHERE',
      create: async () => {
        const { vendor, collector, dispose } = await withStandIn();
        return {
          subject: collector,
          requestCount: () => vendor.requestCount,
          failNext: () => vendor.answerNext(503),
          dispose,
        };
      },
    },
  );

  it.each([
    [404, '', 'externalApi', 'unknownRequest'],
    [418, '', 'externalApi', 'unknown'],
    [500, '', 'externalApi', 'outage'],
    [200, '<html>', 'externalApi', 'malformed'],
    [200, 'time,open,high,low,close,volume\n2024-01-02,1,2', 'externalApi', 'malformed'],
    [200, 'time,open,high,low,close,volume\n', 'dataQuality', 'noData'],
  ])('takes status %d with %j for %s/%s', async (status, body, kind, reason) => {
    const { vendor, collector, monitoring, dispose } = await withStandIn();
    vendor.answerNext(status, body);
    await expect(collector.fetchBars(daily)).rejects.toMatchObject({ kind, reason });
    expect(monitoring.counter('acme_api_errors_total', { reason })).toBe(1);
    await dispose();
  });

  it('says that the key is refused, and shows it to nobody', async () => {
    const { collector, monitoring, dispose } = await withStandIn({ key: 'CANARY-acme' });
    const failure = await collector.fetchBars(daily).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'configuration', reason: 'authentication' });
    expect(JSON.stringify(failure) + monitoring.text()).not.toContain('CANARY-acme');
    await dispose();
  });

  it('holds further requests back for as long as the vendor wants', async () => {
    const quota = createQuota({ clock: systemClock, vendor: acme });
    const { vendor, collector, dispose } = await withStandIn({ quota });
    vendor.answerNext(429, '', { 'retry-after': '30' });
    const limited = { kind: 'rateLimit', reason: 'minuteQuota' };
    await expect(collector.fetchBars(daily)).rejects.toMatchObject({ ...limited, retryAfterMs: 30_000 });
    await expect(collector.fetchBars(daily, { patienceMs: 1000 })).rejects.toMatchObject(limited);
    expect(vendor.requestCount).toBe(1);
    await dispose();
  });

  it('takes under 150 lines', () => {
    const folder = new URL('../src/collector/', import.meta.url);
    const lines = globSync('*.ts', { cwd: folder }).flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n'),
    );
    expect(lines.length).toBeGreaterThan(80);
    expect(lines.length).toBeLessThan(150);
  });
});
