import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AlphaVantageSandbox,
  createAlphaVantageSandbox,
  REFUSALS,
  type Refusal,
  refusalOfReservedSymbol,
  reservedSymbol,
  type SandboxResponse,
} from './index.ts';

const NOW = Date.UTC(2026, 10, 20, 15, 0);
const RECORDED = resolve(import.meta.dirname, '../../../../shared/fixtures/alphavantage/errors');

function ask(sandbox: AlphaVantageSandbox, symbol: string, rest = ''): SandboxResponse {
  return sandbox.handle({ url: `/query?function=TIME_SERIES_DAILY&symbol=${symbol}&apikey=KEY123${rest}` });
}

function create(): AlphaVantageSandbox {
  return createAlphaVantageSandbox({ now: () => NOW });
}

const SENTENCES: readonly (readonly [Refusal, key: string, sentence: string])[] = [
  ['pacing', 'Information', 'spreading out your free API requests more sparingly (1 request per second)'],
  ['premiumBurst', 'Information', 'Burst pattern detected.'],
  ['minuteQuota', 'Information', 'Minute-level rate limit exceed'],
  ['dailyQuota', 'Information', 'We have detected your API key as KEY123 and our standard API rate limit is 25 '],
  ['legacyNote', 'Note', '5 calls per minute and 500 calls per day'],
  ['premiumEndpoint', 'Information', 'This is a premium endpoint.'],
  ['premiumParameter', 'Information', 'is a premium feature for the TIME_SERIES_DAILY endpoint'],
  ['artificialSample', 'message', 'THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL'],
  ['demoKey', 'Information', 'The **demo** API key is for demo purposes only.'],
  ['invalidKey', 'Error Message', 'the parameter apikey is invalid or missing.'],
  ['invalidCall', 'Error Message', 'Invalid API call.'],
  ['outage', 'Error Message', 'internal or external error'],
];

describe('refusals', () => {
  it.each(SENTENCES)('%s is JSON with HTTP 200, even for CSV', (refusal, key, sentence) => {
    const { status, headers, body } = ask(create(), reservedSymbol(refusal), '&datatype=csv');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect((JSON.parse(body) as Record<string, string>)[key]).toContain(sentence);
  });

  it('artificialSample carries rows that look like data', () => {
    const body = JSON.parse(ask(create(), 'SANDBOX.ARTIFICIALSAMPLE').body) as { data: unknown[] };
    expect(body.data).toHaveLength(1);
  });

  it.each([
    ['outageHtml', 503],
    ['outageHtml200', 200],
  ] as const)('%s is an HTML page with HTTP %i', (refusal, expected) => {
    const { status, headers, body } = ask(create(), reservedSymbol(refusal));
    expect(status).toBe(expected);
    expect(headers['content-type']).toContain('text/html');
    expect(body).toContain('<title>Application Error</title>');
  });

  it.each(['', '&datatype=csv'])('truncated ends inside the last bar (%s)', (format) => {
    const sandbox = create();
    const whole = ask(sandbox, 'IBM', format).body;
    sandbox.refuseNext('truncated');
    const { body } = ask(sandbox, 'IBM', format);
    expect(whole.startsWith(body)).toBe(true);
    expect(whole.slice(body.length)).toMatch(/^,\s*("5\. volume": ")?\d+"?[\s}]*$/);
  });

  it('emptyObject and emptySeries hold no bars, the latter in the format asked for', () => {
    const sandbox = create();
    expect(ask(sandbox, 'SANDBOX.EMPTYOBJECT').body).toBe('{}');
    expect(JSON.parse(ask(sandbox, 'SANDBOX.EMPTYSERIES').body)).toMatchObject({ 'Time Series (Daily)': {} });
    expect(ask(sandbox, 'SANDBOX.EMPTYSERIES', '&datatype=csv').body).toBe('timestamp,open,high,low,close,volume\r\n');
  });

  it('wrongSymbol is a good series of another symbol', () => {
    const sandbox = create();
    sandbox.refuse('IBM', 'wrongSymbol');
    const body = JSON.parse(ask(sandbox, 'IBM').body) as Record<string, Record<string, string>>;
    expect(body['Meta Data']?.['2. Symbol']).toBe('ZZZZ');
    expect(Object.keys(body['Time Series (Daily)'] ?? {})).toHaveLength(100);
  });

  it('unknownBody is JSON with none of the keys the vendor uses', () => {
    const keys = Object.keys(JSON.parse(ask(create(), 'SANDBOX.UNKNOWNBODY').body) as object);
    expect(keys).toEqual(['Notice']);
  });

  it('http500 and http429 have those statuses, the latter with a time to wait', () => {
    expect(ask(create(), 'SANDBOX.HTTP500').status).toBe(500);
    expect(ask(create(), 'SANDBOX.HTTP429')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  });

  it('never look like the answer without them', () => {
    const sandbox = create();
    const good = ask(sandbox, 'IBM').body;
    for (const refusal of REFUSALS) {
      sandbox.refuseNext(refusal);
      expect(ask(sandbox, 'IBM').body).not.toBe(good);
    }
    expect(ask(sandbox, 'IBM').body).toBe(good);
  });

  it('answer a request that names no function or symbol too', () => {
    const sandbox = create();
    for (const refusal of REFUSALS) {
      sandbox.refuseNext(refusal);
      expect(sandbox.handle({ url: '/query' }).body).not.toBe('');
    }
  });
});

describe('scripting refusals', () => {
  it('refuses the next requests in the order told, whatever they ask', () => {
    const sandbox = create();
    sandbox.refuseNext('outage', 2);
    sandbox.refuseNext('http500');
    const asked = ['IBM', 'MSFT', 'IBM', 'IBM'].map((symbol) => ask(sandbox, symbol));
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 500, 200]);
    expect(asked.map(({ body }) => body.includes('internal or external'))).toEqual([true, true, false, false]);
  });

  it('refuses a symbol until told otherwise', () => {
    const sandbox = create();
    sandbox.refuse('ibm', 'premiumEndpoint');
    expect(ask(sandbox, 'IBM').body).toContain('premium endpoint');
    expect(ask(sandbox, 'IBM').body).toContain('premium endpoint');
    expect(ask(sandbox, 'MSFT').body).toContain('Time Series (Daily)');
    sandbox.refuse('IBM', undefined);
    expect(ask(sandbox, 'IBM').body).toContain('Time Series (Daily)');
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot refuse %s times', (times) => {
    expect(() => create().refuseNext('outage', times)).toThrow(RangeError);
  });

  it('reserves one symbol for each refusal', () => {
    expect(new Set(REFUSALS.map(reservedSymbol)).size).toBe(REFUSALS.length);
    expect(REFUSALS.map((refusal) => refusalOfReservedSymbol(reservedSymbol(refusal).toLowerCase()))).toEqual(REFUSALS);
    expect(refusalOfReservedSymbol('SANDBOX.NOTHING')).toBeUndefined();
  });

  it('documents every reserved symbol, in order', () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| `(SANDBOX\.[A-Z0-9]+)` +\|/gm)].map((match) => match[1]);
    expect(listed).toEqual(REFUSALS.map(reservedSymbol));
  });
});

describe.skipIf(!existsSync(RECORDED))('wording as recorded (recorded payloads absent)', () => {
  it.each([
    ['pacing', 'quoted__information_burst_1_per_second_free.json'],
    ['premiumBurst', 'quoted__information_premium_burst_20_per_second.json'],
    ['dailyQuota', 'quoted__information_daily_limit_25_key_leak.json'],
    ['legacyNote', 'quoted__note_5_per_minute_500_per_day.json'],
    ['premiumEndpoint', 'quoted__information_premium_endpoint.json'],
    ['premiumParameter', 'quoted__information_outputsize_full_premium.json'],
    ['invalidKey', 'quoted__error_message_apikey_invalid_or_missing.json'],
    ['invalidCall', 'sydlawrencedev__trading_1TER_daily_invalid_symbol.csv'],
    ['emptyObject', 'quoted__empty_object.json'],
  ] as const)('%s equals %s', (refusal, file) => {
    const recorded = readFileSync(resolve(RECORDED, file), 'utf8').replace('REDACTED', 'KEY123');
    expect(JSON.parse(ask(create(), reservedSymbol(refusal)).body)).toEqual(JSON.parse(recorded));
  });

  it('artificialSample has the recorded message and layout', () => {
    const file = resolve(RECORDED, 'portfoliotree__REALTIME_BULK_QUOTES_premium_artificial_sample.json');
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const body = JSON.parse(ask(create(), 'SANDBOX.ARTIFICIALSAMPLE').body) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(Object.keys(recorded));
    expect(body.message).toBe(recorded.message);
  });

  it('a missing function is refused as recorded', () => {
    const recorded = readFileSync(resolve(RECORDED, 'quoted__error_message_function_does_not_exist.json'), 'utf8');
    expect(JSON.parse(create().handle({ url: '/query?apikey=K' }).body)).toEqual(JSON.parse(recorded));
  });
});
