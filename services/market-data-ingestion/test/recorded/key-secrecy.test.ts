import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounted, rejectionOf } from './support/accounting.ts';
import { formsOf } from './support/forms.ts';
import { filesBelow, filesWith, tracesIn, tracesOf } from './support/key-search.ts';
import { recordedBody, recordedPresent, refusalsOnDisk } from './support/recorded-files.ts';
import { type Answer, startVendorServer, type VendorServer } from './support/vendor-server.ts';
import { fakeKey, startWholeService } from './support/whole-service.ts';

/** Stands in a rejected row, so that the search through the files is known to find what is there. */
const canary = 'canary-4b7d not a number';

const header = 'timestamp,open,high,low,close,volume\n';
const goodRow = '2024-01-02 09:30:00,10,11,9,10.5,2000\n';
const encoded = Buffer.from(`user:${fakeKey}:`).toString('base64');

/** Answers that quote the key, in every place that the vendor or something before it may quote it. */
const quoting: readonly (readonly [symbol: string, answer: Answer])[] = [
  [
    'DAILY.LIMIT',
    {
      body: JSON.stringify({
        Information: `We have detected your API key as ${fakeKey} and our standard API rate limit is 25 requests per day.`,
      }),
    },
  ],
  ['BAD.KEY', { body: JSON.stringify({ 'Error Message': `the parameter apikey=${fakeKey} is invalid or missing.` }) }],
  ['UNKNOWN.WORDS', { body: JSON.stringify({ hint: fakeKey, url: `/query?apikey=${encodeURIComponent(fakeKey)}` }) }],
  ['KEY.AS.NAME', { body: JSON.stringify({ [fakeKey]: { [fakeKey]: fakeKey } }) }],
  ['OUTAGE', { body: `<html><body>GET /query?apikey=${fakeKey} ${encoded}</body></html>`, status: 503 }],
  ['PLAIN.TEXT', { body: `no such key ${fakeKey} (${encoded})`, contentType: 'text/plain' }],
  ['REDIRECT', { body: `moved to /query?apikey=${encodeURIComponent(fakeKey)}`, status: 302 }],
  ['DENIED', { body: fakeKey, status: 403 }],
  ['CUT', { body: `${header}${goodRow.repeat(100)}`, cut: true }],
  ['TRUNCATED', { body: `{"Time Series (5min)": {"${fakeKey}": {"1. open": "${fakeKey}` }],
  [
    'OTHER.SYMBOL',
    {
      body: JSON.stringify({
        'Meta Data': { '2. Symbol': fakeKey, '4. Interval': '5min', '6. Time Zone': 'US/Eastern' },
        'Time Series (5min)': {
          '2024-01-02 09:30:00': { '1. open': '1', '2. high': '1', '3. low': '1', '4. close': '1' },
        },
      }),
    },
  ],
];

let server: VendorServer;
let dataDirectory: string;
const traces = tracesOf(fakeKey);

beforeAll(async () => {
  server = await startVendorServer();
  dataDirectory = await mkdtemp(join(tmpdir(), 'key-secrecy-'));
});

afterAll(async () => {
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** Answers with bars to store, and the key where it does not belong. */
const quotingInRows: readonly (readonly [symbol: string, answer: Answer])[] = [
  ['ROW.VALUE', { body: `${header}2024-01-02 09:35:00,${fakeKey},11,9,10.5,2000\n${goodRow}` }],
  ['ROW.LABEL', { body: `${header}${fakeKey},10,11,9,10.5,2000\n${goodRow}` }],
  ['ROW.ENCODED', { body: `${header}2024-01-02 09:35:00,apikey=${encodeURIComponent(fakeKey)},1,1,1,1\n${goodRow}` }],
  [
    'ROW.ESCAPED',
    {
      body: JSON.stringify({
        'Meta Data': { '1. Information': fakeKey, '3. Last Refreshed': fakeKey, '6. Time Zone': 'US/Eastern' },
        'Time Series (5min)': {
          [fakeKey]: { '1. open': '1', '2. high': '1', '3. low': '1', '4. close': '1', '5. volume': fakeKey },
          '2024-01-02 09:30:00': {
            '1. open': '1',
            '2. high': '1',
            '3. low': '1',
            '4. close': '1',
            '5. volume': '2000',
          },
        },
      }).replaceAll('/', '\\u002f'),
    },
  ],
];

/** Collects every symbol with a service of its own in one data directory and gives all that came out. */
async function collectAndGather(symbols: readonly string[]): Promise<{ outputs: string[]; errors: unknown[] }> {
  const outputs: string[] = [];
  const errors: unknown[] = [];
  for (const symbol of symbols) {
    const whole = await startWholeService({ baseUrl: server.url, dataDirectory });
    try {
      const outcome = await whole.service.collectSymbolData(symbol, '5min').then(accounted, (error: unknown) => error);
      if (outcome instanceof Error) errors.push(outcome);
      const { service, databaseManager, monitoring, configuration } = whole;
      const store = databaseManager.clickhouse;
      const seriesOf = { symbol, interval: '5min', source: 'alpha_vantage', adjustment: 'raw' } as const;
      const seen = [
        outcome,
        await service.healthCheck(),
        await service.readyCheck(),
        await store.getQuarantine(),
        await store.getStoredBars(seriesOf),
        service,
        configuration,
        configuration.describe(),
      ];
      outputs.push(...seen.map(formsOf), await monitoring.metricsText(), await whole.logText());
    } finally {
      await whole.close();
    }
    outputs.push(await whole.logText());
  }
  return { outputs, errors };
}

describe('the key', { timeout: 30_000 }, () => {
  it('is really searched for: the vendor was sent it, and a text that was stored is found in the files', async () => {
    server.serve('CANARY', { body: `${header}2024-01-02 09:35:00,${canary},11,9,10.5,2000\n${goodRow}` });
    const { outputs, errors } = await collectAndGather(['CANARY']);
    expect(errors).toEqual([]);
    expect(server.requests.at(-1)?.get('apikey')).toBe(fakeKey);
    expect(outputs.filter((text) => text.includes(canary))).not.toEqual([]);
    expect(filesWith(dataDirectory, [canary])).not.toEqual([]);
    expect(tracesIn(`${fakeKey} ${encodeURIComponent(fakeKey)}`, traces).length).toBeGreaterThan(1);
    expect(tracesIn(encoded, traces)).not.toEqual([]);
  });

  it('is in no output and in no file, whatever the vendor quotes', async () => {
    for (const [symbol, answer] of quoting) server.serve(symbol, answer);
    const symbols = quoting.map(([symbol]) => symbol);
    const { outputs, errors } = await collectAndGather([...symbols, 'NOT.SERVED']);
    expect(errors).toHaveLength(symbols.length + 1);
    expect(outputs.flatMap((text) => tracesIn(text, traces).map((trace) => `${trace} in ${text}`))).toEqual([]);
    expect(filesBelow(dataDirectory).length).toBeGreaterThan(10);
    expect(filesWith(dataDirectory, traces)).toEqual([]);
  });

  it('is in no output and in no file when rows quote it: they are quarantined without it', async () => {
    for (const [symbol, answer] of quotingInRows) server.serve(symbol, answer);
    const { outputs, errors } = await collectAndGather(quotingInRows.map(([symbol]) => symbol));
    expect(errors).toEqual([]);
    expect(outputs.flatMap((text) => tracesIn(text, traces).map((trace) => `${trace} in ${text}`))).toEqual([]);
    expect(filesWith(dataDirectory, traces)).toEqual([]);
  });

  it('is in no output when nobody answers at the endpoint', async () => {
    const closed = await startVendorServer();
    await closed.close();
    const whole = await startWholeService({ baseUrl: closed.url, dataDirectory });
    const error = await rejectionOf(whole.service.collectSymbolData('IBM', '5min'));
    await whole.close();
    expect(error).toMatchObject({ kind: 'externalApi', reason: 'outage', retryable: true });
    expect(tracesIn(`${formsOf(error)} ${await whole.logText()}`, traces)).toEqual([]);
    expect(filesWith(dataDirectory, traces)).toEqual([]);
  });

  it.skipIf(!recordedPresent)('is nowhere after the recorded refusals (recorded payloads absent)', async () => {
    const symbols = refusalsOnDisk().map((path, index) => {
      const body = recordedBody(path).toString('utf8').replace('REDACTED', fakeKey);
      server.serve(`RECORDED.${index}`, { body });
      return `RECORDED.${index}`;
    });
    const { outputs, errors } = await collectAndGather(symbols);
    expect(errors).toHaveLength(symbols.length);
    expect(outputs.flatMap((text) => tracesIn(text, traces))).toEqual([]);
    expect(filesWith(dataDirectory, traces)).toEqual([]);
  });
});
