import { systemClock } from '@quantumtrade/core-defaults';
import { type CollectorSuiteFactory, collectorSuite } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import type { MarketDataCollector } from '@quantumtrade/shared-types';
import {
  createAlpacaSandbox,
  createAlphaVantageSandbox,
  type ServedSandbox,
  startSandboxServer,
} from '@quantumtrade/vendor-sandbox';
import { describe, expect, it } from 'vitest';
import { alpaca } from '../../src/collectors/alpaca/vendor.ts';
import { AlpacaCollector, AlphaVantageCollector, createVendorHttp, unlimited } from '../../src/index.ts';

const now = (): number => Date.UTC(2024, 0, 10, 12);
const parts = { quota: unlimited, clock: systemClock, redact: (text: string): string => text };
const settings = { timeoutMs: 5000, defaultOutputSize: 'compact' } as const;

async function served(
  sandbox: ServedSandbox & { readonly requests: readonly unknown[]; refuseNext(refusal: 'http500'): void },
  collectorFor: (baseUrl: string) => MarketDataCollector,
): ReturnType<CollectorSuiteFactory['create']> {
  const server = await startSandboxServer(sandbox);
  const subject = collectorFor(server.url);
  return {
    subject,
    requestCount: () => sandbox.requests.length,
    failNext: () => sandbox.refuseNext('http500'),
    dispose: async () => {
      await subject.close?.();
      await server.close();
    },
  };
}

const stocks = [
  { symbol: 'IBM', interval: 'daily', adjusted: false },
  { symbol: 'AAPL', interval: '5min', adjusted: false, month: '2023-12' },
  { symbol: 'MSFT', interval: 'weekly', adjusted: true },
] as const;

for (const dataType of ['json', 'csv'] as const) {
  describe(`the collector of Alpha Vantage, asking for ${dataType}`, () => {
    collectorSuite(
      { describe, it, expect },
      {
        answered: [
          ...stocks,
          { symbol: 'EUR/USD', interval: '60min', adjusted: false },
          { symbol: 'BTC/USD', interval: 'daily', adjusted: false },
        ],
        notOffered: { symbol: 'EUR/USD', interval: '60min', adjusted: false, month: '2023-12' },
        unknownSymbol: 'INVALID',
        create: () =>
          served(
            createAlphaVantageSandbox({ now }),
            (baseUrl) =>
              new AlphaVantageCollector({
                ...parts,
                settings: {
                  ...settings,
                  source: 'alpha_vantage',
                  baseUrl,
                  apiKey: new Redacted('a-key'),
                  barLabel: 'start',
                  dataType,
                },
                http: createVendorHttp(),
              }),
          ),
      },
    );
  });
}

describe('the collector of Alpaca', () => {
  collectorSuite(
    { describe, it, expect },
    {
      answered: [
        ...stocks,
        { symbol: 'NVDA', interval: '60min', adjusted: true, from: now() - 7 * 86_400_000, to: now() },
        { symbol: 'BTC/USD', interval: '15min', adjusted: false },
        { symbol: 'ETH/USD', interval: 'monthly', adjusted: false },
      ],
      notOffered: { symbol: 'EUR/USD', interval: 'daily', adjusted: false },
      unknownSymbol: 'INVALID',
      create: () =>
        served(
          createAlpacaSandbox({ now }),
          (baseUrl) =>
            new AlpacaCollector({
              ...parts,
              clock: { ...systemClock, now, monotonic: () => systemClock.monotonic() },
              settings: {
                ...settings,
                source: 'alpaca',
                baseUrl,
                keyId: new Redacted('a-key-id'),
                secretKey: new Redacted('a-secret'),
                feed: 'iex',
                maxPages: 50,
              },
              http: createVendorHttp(alpaca),
            }),
        ),
    },
  );
});
