import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { intradayMilliseconds, type Series } from '@quantumtrade/shared-types';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounted, rejectionOf } from './support/accounting.ts';
import { expectedMarketDataLines, expectedStoredLines, marketDataLines, storedLines } from './support/bar-lines.ts';
import { readIndependently } from './support/independent-reading.ts';
import {
  type RecordedFile,
  recordedBody,
  recordedFile,
  recordedFiles,
  recordedPresent,
  seriesOnDisk,
} from './support/recorded-files.ts';
import { startVendorServer, type VendorServer } from './support/vendor-server.ts';
import { fakeKey, startWholeService, type WholeService } from './support/whole-service.ts';

let server: VendorServer;
let dataDirectory: string;
let databases = 0;

beforeAll(async () => {
  server = await startVendorServer();
  dataDirectory = await mkdtemp(join(tmpdir(), 'recorded-series-'));
});

afterAll(async () => {
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

function newDatabase(): string {
  return `recorded_${++databases}`;
}

/** Runs a test with a whole service of its own and closes it whatever happens. */
async function withService(
  database: string,
  environment: Record<string, string>,
  body: (whole: WholeService) => Promise<void>,
): Promise<void> {
  const whole = await startWholeService({ baseUrl: server.url, dataDirectory, database, environment });
  try {
    await body(whole);
  } finally {
    await whole.close();
  }
}

/** Test titles show a path in full only when it is an argument of its own. */
function named(files: readonly RecordedFile[]): [string, RecordedFile][] {
  return files.map((file) => [file.path, file]);
}

function isCsv({ path }: RecordedFile): boolean {
  return path.endsWith('.csv');
}

function seriesOf({ symbol, interval, adjusted }: RecordedFile): Series {
  return { symbol, interval, source: 'alpha_vantage', adjustment: adjusted ? 'adjusted' : 'raw' };
}

function serve(file: RecordedFile): string {
  const body = recordedBody(file.path);
  server.serve(baseOf(file), { body, contentType: isCsv(file) ? 'application/x-download' : 'application/json' });
  return body.toString('utf8');
}

function collect(whole: WholeService, { symbol, interval, adjusted, outputSize }: RecordedFile) {
  return whole.service.collectSymbolData(symbol, interval, { adjusted, outputSize });
}

const pairParameters: Readonly<Record<string, (base: string, quote: string) => Record<string, string>>> = {
  FX_DAILY: (base, quote) => ({ from_symbol: base, to_symbol: quote }),
  CRYPTO_INTRADAY: (base, quote) => ({ symbol: base, market: quote, interval: '5min' }),
  DIGITAL_CURRENCY_DAILY: (base, quote) => ({ symbol: base, market: quote }),
};

function baseOf({ symbol }: RecordedFile): string {
  return symbol.split('/')[0] as string;
}

/** The parameters that a request for this file must have, the key included, and no others. */
function expectedQuery(file: RecordedFile): Record<string, string> {
  const { symbol, interval, adjusted, outputSize, vendorFunction } = file;
  const intraday = vendorFunction === 'TIME_SERIES_INTRADAY';
  const pair = pairParameters[vendorFunction]?.(...(symbol.split('/') as [string, string]));
  const sized = vendorFunction !== 'DIGITAL_CURRENCY_DAILY' && interval !== 'weekly' && interval !== 'monthly';
  return {
    function: vendorFunction,
    ...(pair ?? { symbol }),
    ...(intraday ? { interval, adjusted: String(adjusted) } : {}),
    ...(sized ? { outputsize: outputSize } : {}),
    datatype: isCsv(file) ? 'csv' : 'json',
    apikey: fakeKey,
  };
}

describe.skipIf(!recordedPresent)(
  'recorded series through the whole service (recorded payloads absent)',
  { timeout: 30_000 },
  () => {
    it('are all listed', () => {
      expect(recordedFiles.map(({ path }) => path).sort()).toEqual(seriesOnDisk().sort());
    });

    it.each(named(recordedFiles))('%s reads back as an independent reading of the file', async (_path, file) => {
      const zone = file.symbol.includes('/') ? 'UTC' : 'America/New_York';
      const recorded = readIndependently(serve(file), { zone });
      expect(recorded).toHaveLength(file.rows);
      const environment = { MARKET_DATA_ALPHA_VANTAGE__DATATYPE: isCsv(file) ? 'csv' : 'json' };
      await withService(newDatabase(), environment, async (whole) => {
        const store = whole.databaseManager.clickhouse;
        const asked = server.requests.length;

        const first = accounted(await collect(whole, file));
        expect(first).toMatchObject({ collectedCount: file.rows, stored: file.rows, source: 'alpha_vantage' });
        expect(server.requests.slice(asked).map((query) => Object.fromEntries(query))).toEqual([expectedQuery(file)]);

        const stored = await store.getStoredBars(seriesOf(file));
        expect(storedLines(stored)).toEqual(expectedStoredLines(recorded));
        expect(marketDataLines(await store.getMarketData(seriesOf(file)))).toEqual(expectedMarketDataLines(recorded));
        const scores = recorded.map(({ score }) => score);
        expect(first.qualityScore).toBeCloseTo(
          Decimal.sum(...scores)
            .div(scores.length)
            .toNumber(),
          9,
        );

        const again = accounted(await collect(whole, file));
        expect(again).toMatchObject({ collectedCount: file.rows, stored: 0, unchanged: file.rows, quarantined: 0 });
        expect(await store.getStoredBars(seriesOf(file))).toEqual(stored);
        expect(await store.getQuarantine()).toEqual([]);
      });
    });

    it.each(named(recordedFiles.filter(({ endLabelled }) => endLabelled)))(
      '%s, labelled by the end, opens one interval earlier and does not mix with start labels',
      async (_path, file) => {
        const labelDelayMinutes = (intradayMilliseconds(file.interval) as number) / 60_000;
        const body = serve(file);
        const recorded = readIndependently(body, { labelDelayMinutes });
        const database = newDatabase();
        const lines = expectedStoredLines(recorded);

        await withService(database, { MARKET_DATA_ALPHA_VANTAGE__BAR_LABEL: 'end' }, async (whole) => {
          const result = accounted(await collect(whole, file));
          expect(result).toMatchObject({ collectedCount: file.rows, stored: file.rows });
          const bars = await whole.databaseManager.clickhouse.getStoredBars(seriesOf(file));
          expect(storedLines(bars)).toEqual(lines);
          expect(new Set(bars.map(({ barLabel }) => barLabel))).toEqual(new Set(['end']));
          expect(accounted(await collect(whole, file))).toMatchObject({ stored: 0, unchanged: file.rows });
        });

        // Another service on the same database: the convention must come from the store and not from memory.
        await withService(database, { MARKET_DATA_ALPHA_VANTAGE__BAR_LABEL: 'start' }, async (whole) => {
          const error = await rejectionOf(collect(whole, file));
          expect(error).toMatchObject({ kind: 'configuration', reason: 'barLabelMix', retryable: false });
          const store = whole.databaseManager.clickhouse;
          expect(storedLines(await store.getStoredBars(seriesOf(file)))).toEqual(lines);
          expect(await store.getQuarantine()).toEqual([]);
        });
      },
    );

    it('rows below the wanted score are quarantined word for word, once however often they are collected', async () => {
      const file = recordedFile('MoustafaHaroun__Sia_IBM');
      const recorded = readIndependently(serve(file));
      const good = recorded.filter(({ score }) => score >= 95);
      const poor = recorded.filter(({ score }) => score < 95);
      expect(poor.length).toBeGreaterThan(0);
      const environment = { MARKET_DATA_COLLECTION__DATA_QUALITY__MIN_QUALITY_SCORE: '95' };
      await withService(newDatabase(), environment, async (whole) => {
        const store = whole.databaseManager.clickhouse;
        const first = accounted(await collect(whole, file));
        expect(first).toMatchObject({ collectedCount: 100, stored: good.length, quarantined: poor.length });
        const rows = await store.getQuarantine({ symbol: file.symbol });
        // The file's own lines, newest first, without the line ends.
        const fileLines = recordedBody(file.path).toString('utf8').split(/\r?\n/);
        const texts = rows.map(({ label, values: { open, high, low, close, volume } }) =>
          [label, open, high, low, close, volume].join(','),
        );
        expect(texts.sort()).toEqual(fileLines.filter((line) => Number(line.split(',')[5]) < 1000).sort());
        expect(new Set(rows.flatMap(({ brokenRules }) => brokenRules))).toEqual(new Set(['low_volume']));

        const again = accounted(await collect(whole, file));
        expect(again).toMatchObject({ stored: 0, unchanged: good.length, quarantined: poor.length });
        expect(await store.getQuarantine({ symbol: file.symbol })).toEqual(rows);
        expect(storedLines(await store.getStoredBars(seriesOf(file)))).toEqual(expectedStoredLines(good));
      });
    });
  },
);
