import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectionResult, Interval, StoredBar, StoredQuarantine } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounted } from './support/accounting.ts';
import { expectedMarketDataLines, expectedStoredLines, marketDataLines, storedLines } from './support/bar-lines.ts';
import { readIndependently } from './support/independent-reading.ts';
import { startVendorServer, type VendorServer } from './support/vendor-server.ts';
import { startWholeService, type WholeService } from './support/whole-service.ts';

const header = 'timestamp,open,high,low,close,volume';
const adjustedHeader = 'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient';
const goodRow = '2024-01-02 09:30:00,10,11,9,10.5,2000';

let server: VendorServer;
let dataDirectory: string;
let whole: WholeService;

beforeAll(async () => {
  server = await startVendorServer();
  dataDirectory = await mkdtemp(join(tmpdir(), 'synthetic-payloads-'));
  whole = await startWholeService({ baseUrl: server.url, dataDirectory });
});

afterAll(async () => {
  await whole.close();
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

function csv(...lines: string[]): string {
  return `${lines.join('\n')}\n`;
}

/** A JSON answer with rows in the given order; unlike an object it can name one time twice. */
function json(
  interval: '5min' | 'Daily',
  rows: readonly (readonly [label: string, values: readonly string[]])[],
): string {
  const names = ['1. open', '2. high', '3. low', '4. close', '5. volume'];
  const row = (values: readonly string[]): string =>
    JSON.stringify(Object.fromEntries(values.map((value, i) => [names[i], value])));
  const members = rows.map(([label, values]) => `${JSON.stringify(label)}: ${row(values)}`);
  return `{"Meta Data": {"6. Time Zone": "US/Eastern"}, "Time Series (${interval})": {${members.join(', ')}}}`;
}

async function collect(symbol: string, interval: Interval, body: string, adjusted = false): Promise<CollectionResult> {
  server.serve(symbol, { body });
  return accounted(await whole.service.collectSymbolData(symbol, interval, { adjusted }));
}

async function stored(symbol: string, interval: Interval, adjusted = false): Promise<StoredBar[]> {
  const adjustment = adjusted ? 'adjusted' : 'raw';
  return await whole.databaseManager.clickhouse.getStoredBars({
    symbol,
    interval,
    source: 'alpha_vantage',
    adjustment,
  });
}

async function quarantined(symbol: string): Promise<StoredQuarantine[]> {
  return await whole.databaseManager.clickhouse.getQuarantine({ symbol });
}

describe('exact values over HTTP', () => {
  const price = '298.85821743109733';
  const rows = [
    '2024-01-04,0.00000000000001,98765.43210987654321,0.00000000000001,98765.4321,98765.12345678901234,1000000000000000000,0.0000,1.0',
    `2024-01-03,${price},${price},${price},${price},${price},999999999999999999,0.0000,1.0`,
    '2024-01-02,218.2,220.910,217.615,219.3,298.85821743109732,9007199254740993,0.0000,1.0',
  ];

  it('keeps 14 decimals and volumes of 10^18, and sees a change in the last decimal', async () => {
    const body = csv(adjustedHeader, ...rows);
    const recorded = readIndependently(body);
    expect(await collect('EXACT', 'daily', body, true)).toMatchObject({ collectedCount: 3, stored: 3 });
    const bars = await stored('EXACT', 'daily', true);
    expect(storedLines(bars)).toEqual(expectedStoredLines(recorded));
    const read = { symbol: 'EXACT', interval: 'daily', source: 'alpha_vantage', adjustment: 'adjusted' } as const;
    const rich = await whole.databaseManager.clickhouse.getMarketData(read);
    expect(marketDataLines(rich)).toEqual(expectedMarketDataLines(recorded));
    expect(bars.map(({ volume }) => volume)).toEqual(['9007199254740993', '999999999999999999', '1000000000000000000']);
    expect(bars.at(-1)).toMatchObject({ open: '0.00000000000001', adjustedClose: '98765.12345678901234' });

    expect(await collect('EXACT', 'daily', body, true)).toMatchObject({ stored: 0, unchanged: 3 });
    const changed = csv(adjustedHeader, ...rows).replace('298.85821743109732', '298.85821743109731');
    expect(await collect('EXACT', 'daily', changed, true)).toMatchObject({ stored: 1, unchanged: 2 });
    expect((await stored('EXACT', 'daily', true))[0]?.adjustedClose).toBe('298.85821743109731');
  });

  it('keeps them as well from JSON strings', async () => {
    const body = json('Daily', [['2024-01-03', [price, price, price, price, '1000000000000000000']]]);
    expect(await collect('EXACT.JSON', 'daily', body)).toMatchObject({ collectedCount: 1, stored: 1 });
    expect(storedLines(await stored('EXACT.JSON', 'daily'))).toEqual(expectedStoredLines(readIndependently(body)));
  });

  it('quarantines what the store cannot hold exactly instead of rounding it', async () => {
    const body = csv(header, '2024-01-03,10.1234567890123456789,11,9,10,2000', '2024-01-02,10,11,9,10,2000');
    expect(await collect('INEXACT', 'daily', body)).toMatchObject({ stored: 1, quarantined: 1 });
    expect(await quarantined('INEXACT')).toMatchObject([
      { values: { open: '10.1234567890123456789' }, brokenRules: ['value_not_exact'] },
    ]);
  });
});

describe('times that come twice', () => {
  const ten = ['10', '11', '9', '10.5', '2000'];

  it('count as duplicates with the same values, written differently or not', async () => {
    const body = json('5min', [
      ['2024-01-02 09:35:00', ten],
      ['2024-01-02 09:30:00', ten],
      ['2024-01-02 09:30:00', ten],
      ['2024-01-02 09:30:00', ['10.00', '11.0', '9.000', '10.50', '2000.0']],
    ]);
    const first = await collect('TWICE', '5min', body);
    expect(first).toMatchObject({ collectedCount: 4, stored: 2, duplicates: 2, quarantined: 0 });
    expect(await collect('TWICE', '5min', body)).toMatchObject({ stored: 0, unchanged: 2, duplicates: 2 });
    expect(await stored('TWICE', '5min')).toHaveLength(2);
    expect(await quarantined('TWICE')).toEqual([]);
  });

  it('are quarantined as conflicting with other values, once, and the first row stays', async () => {
    const body = json('5min', [
      ['2024-01-02 09:30:00', ten],
      ['2024-01-02 09:30:00', ['10', '11', '9', '10.6', '2000']],
      ['2024-01-02 09:30:00', ten],
    ]);
    const expected = { collectedCount: 3, duplicates: 1, quarantined: 1 };
    expect(await collect('CONFLICT', '5min', body)).toMatchObject({ ...expected, stored: 1 });
    expect(await collect('CONFLICT', '5min', body)).toMatchObject({ ...expected, stored: 0, unchanged: 1 });
    expect(await stored('CONFLICT', '5min')).toMatchObject([{ close: '10.5' }]);
    const rows = await quarantined('CONFLICT');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      label: '2024-01-02 09:30:00',
      values: { open: '10', high: '11', low: '9', close: '10.6', volume: '2000' },
      brokenRules: ['conflicting_duplicate'],
    });
  });
});

describe('an answer in the other format than the one asked for', () => {
  const asJson = json('5min', [
    ['2024-01-02 09:35:00', ['10.5', '10.9', '10', '10.25', '3000']],
    ['2024-01-02 09:30:00', ['10', '11', '9', '10.5', '2000']],
  ]);
  const asCsv = csv(header, '2024-01-02 09:35:00,10.5,10.9,10,10.25,3000', goodRow);

  it.each([
    ['json', 'csv', asCsv],
    ['csv', 'json', asJson],
  ])('asked for %s and given %s, it is read all the same', async (asked, given, body) => {
    const environment = { MARKET_DATA_ALPHA_VANTAGE__DATATYPE: asked };
    const other = await startWholeService({ baseUrl: server.url, dataDirectory, environment });
    try {
      const symbol = `GIVEN.${given}`.toUpperCase();
      // The content type is wrong too: only the body says what it is.
      server.serve(symbol, { body, contentType: asked === 'csv' ? 'text/csv' : 'application/json' });
      const result = accounted(await other.service.collectSymbolData(symbol, '5min'));
      expect(server.requests.at(-1)?.get('datatype')).toBe(asked);
      expect(result).toMatchObject({ collectedCount: 2, stored: 2 });
      expect(storedLines(await stored(symbol, '5min'))).toEqual(expectedStoredLines(readIndependently(body)));
    } finally {
      await other.close();
    }
  });
});

describe('hostile text in a row', () => {
  const hostile: readonly string[] = [
    "1'; DROP TABLE bars --",
    "1'); DROP DATABASE market_data; --",
    '{symbol:String}',
    '<script>process.exit(1)</script>',
    "\\' OR 1=1 \\",
    '`market_data`.`bars` /* \t \u0000 \u202e */ 🦄',
    '1\r\nSELECT 1 FORMAT Native\n',
    'NaN',
  ];

  it.each(hostile)('%j is quarantined word for word as a value and as a time', async (text) => {
    const symbol = `HOSTILE.${hostile.indexOf(text)}`;
    const body = json('5min', [
      ['2024-01-02 09:40:00', [text, '11', '9', '10', '2000']],
      ['2024-01-02 09:35:00', ['10', '11', '9', '10', text]],
      [text, ['10', '11', '9', '10', '2000']],
      ['2024-01-02 09:30:00', ['10', '11', '9', '10.5', '2000']],
    ]);
    expect(await collect(symbol, '5min', body)).toMatchObject({ collectedCount: 4, stored: 1, quarantined: 3 });
    expect(await collect(symbol, '5min', body)).toMatchObject({ unchanged: 1, stored: 0, quarantined: 3 });
    const rows = (await quarantined(symbol)).map(({ label, values, brokenRules }) => ({ label, values, brokenRules }));
    const others = { high: '11', low: '9', close: '10' };
    const expected = [
      {
        label: '2024-01-02 09:40:00',
        values: { open: text, ...others, volume: '2000' },
        brokenRules: ['malformed_number'],
      },
      {
        label: '2024-01-02 09:35:00',
        values: { open: '10', ...others, volume: text },
        brokenRules: ['malformed_number'],
      },
      { label: text, values: { open: '10', ...others, volume: '2000' }, brokenRules: ['malformed_time'] },
    ];
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(expect.arrayContaining(expected));
    expect(storedLines(await stored(symbol, '5min'))).toEqual([
      '2024-01-02T14:30:00.000Z 2024-01-02 10 11 9 10.5 none 2000 100',
    ]);
  });

  it('in CSV is quarantined word for word too', async () => {
    const text = "1'; DROP TABLE bars --";
    const body = csv(header, `2024-01-02 09:35:00,10,11,9,${text},2000`, goodRow);
    expect(await collect('HOSTILE.CSV', '5min', body)).toMatchObject({ collectedCount: 2, stored: 1, quarantined: 1 });
    expect(await quarantined('HOSTILE.CSV')).toMatchObject([
      { label: '2024-01-02 09:35:00', values: { close: text }, brokenRules: ['malformed_number'] },
    ]);
  });
});
