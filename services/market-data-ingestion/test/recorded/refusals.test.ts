import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { MarketDataStore, StoredBar } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounted, rejectionOf } from './support/accounting.ts';
import { recordedBody, recordedPresent, refusalsOnDisk } from './support/recorded-files.ts';
import { startVendorServer, type VendorServer } from './support/vendor-server.ts';
import { startWholeService } from './support/whole-service.ts';

type Kind = 'rateLimit' | 'configuration' | 'externalApi' | 'dataQuality';

/** Each recorded refusal: file, status it came with, and what it must become. */
const refusals: readonly (readonly [file: string, status: number, kind: Kind, reason: string, retryable: boolean])[] = [
  ['portfoliotree__REALTIME_BULK_QUOTES_premium_artificial_sample.json', 200, 'externalApi', 'artificialSample', false],
  ['quoted__empty_object.json', 200, 'dataQuality', 'noData', false],
  ['quoted__error_message_apikey_invalid_or_missing.json', 200, 'configuration', 'authentication', false],
  ['quoted__error_message_function_does_not_exist.json', 200, 'externalApi', 'unknownRequest', false],
  ['quoted__error_message_invalid_api_call_intraday.json', 200, 'externalApi', 'unknownRequest', false],
  ['quoted__global_quote_empty.json', 200, 'dataQuality', 'noData', false],
  ['quoted__heroku_503_application_error.html', 503, 'externalApi', 'outage', true],
  ['quoted__heroku_503_application_error.html', 200, 'externalApi', 'outage', true],
  ['quoted__information_burst_1_per_second_free.json', 200, 'rateLimit', 'pacing', true],
  ['quoted__information_daily_limit_25_key_leak.json', 200, 'rateLimit', 'dailyQuota', false],
  ['quoted__information_outputsize_full_premium.json', 200, 'externalApi', 'premiumParameter', false],
  ['quoted__information_premium_burst_20_per_second.json', 200, 'rateLimit', 'pacing', true],
  ['quoted__information_premium_endpoint.json', 200, 'externalApi', 'premiumEndpoint', false],
  ['quoted__note_5_per_minute_500_per_day.json', 200, 'rateLimit', 'minuteQuota', true],
  ['sydlawrencedev__trading_1TER_daily_invalid_symbol.csv', 200, 'externalApi', 'unknownRequest', false],
];

const requests: readonly (readonly [interval: string, adjusted: boolean, dataType: string])[] = [
  ['5min', false, 'json'],
  ['daily', true, 'csv'],
];

let server: VendorServer;
let dataDirectory: string;
let symbols = 0;

beforeAll(async () => {
  server = await startVendorServer();
  dataDirectory = await mkdtemp(join(tmpdir(), 'recorded-refusals-'));
});

afterAll(async () => {
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** What the store has of a symbol in the series that are asked for here, and of its rejected rows. */
async function holdings(store: MarketDataStore, symbol: string) {
  const bars: StoredBar[] = [];
  for (const [interval, adjustment] of [
    ['5min', 'raw'],
    ['daily', 'adjusted'],
  ] as const) {
    bars.push(...(await store.getStoredBars({ symbol, interval, source: 'alpha_vantage', adjustment })));
  }
  return { bars, quarantine: await store.getQuarantine({ symbol }) };
}

function contentTypeOf(file: string): string {
  return file.endsWith('.html') ? 'text/html' : file.endsWith('.csv') ? 'application/x-download' : 'application/json';
}

describe.skipIf(!recordedPresent)(
  'recorded refusals through the whole service (recorded payloads absent)',
  { timeout: 30_000 },
  () => {
    it('are all listed', () => {
      const listed = new Set(refusals.map(([file]) => file));
      expect([...listed].sort()).toEqual(
        refusalsOnDisk()
          .map((path) => basename(path))
          .sort(),
      );
    });

    it.each(refusals)(
      '%s with status %i is %s, %s, and stores nothing',
      async (file, status, kind, reason, retryable) => {
        const symbol = `REFUSED.${++symbols}`;
        server.serve(symbol, { body: recordedBody(`errors/${file}`), status, contentType: contentTypeOf(file) });
        for (const [interval, adjusted, dataType] of requests) {
          // A service of its own each time: one that was told to wait would not ask again.
          const whole = await startWholeService({
            baseUrl: server.url,
            dataDirectory,
            environment: { MARKET_DATA_ALPHA_VANTAGE__DATATYPE: dataType },
          });
          try {
            const asked = server.requests.length;
            const error = await rejectionOf(whole.service.collectSymbolData(symbol, interval, { adjusted }));
            expect(error).toMatchObject({ name: 'ServiceError', kind, reason, retryable });
            expect((error as Error).message).not.toMatch(/\n/);
            expect(server.requests.length - asked).toBe(1);
            const retryAfterMs = (error as { retryAfterMs?: number }).retryAfterMs;
            if (kind === 'rateLimit') expect(retryAfterMs).toBeGreaterThan(0);
            else expect(retryAfterMs).toBeUndefined();
            if (kind === 'externalApi') expect(error).toMatchObject({ details: { statusCode: status } });
            expect(await holdings(whole.databaseManager.clickhouse, symbol)).toEqual({ bars: [], quarantine: [] });
          } finally {
            await whole.close();
          }
        }
      },
    );

    it('leave bars that were stored before as they were', async () => {
      const symbol = 'KEPT';
      const body = 'timestamp,open,high,low,close,volume\n2024-01-02 09:30:00,10,11,9,10.5,2000\n';
      server.serve(symbol, { body });
      const whole = await startWholeService({ baseUrl: server.url, dataDirectory });
      try {
        expect(accounted(await whole.service.collectSymbolData(symbol, '5min'))).toMatchObject({ stored: 1 });
        const before = await holdings(whole.databaseManager.clickhouse, symbol);
        expect(before.bars).toHaveLength(1);
        for (const file of ['quoted__information_premium_endpoint.json', 'quoted__empty_object.json']) {
          server.serve(symbol, { body: recordedBody(`errors/${file}`) });
          await rejectionOf(whole.service.collectSymbolData(symbol, '5min'));
        }
        expect(await holdings(whole.databaseManager.clickhouse, symbol)).toEqual(before);
      } finally {
        await whole.close();
      }
    });
  },
);
