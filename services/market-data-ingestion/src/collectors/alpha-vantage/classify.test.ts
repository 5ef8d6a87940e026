import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { isServiceError, Redacted, type ServiceError } from '@quantumtrade/core-traits';
import { type BarRequest, type RawBars, textAt } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVendorReason } from '../shared/vendor-reason.ts';
import { classifyAnswer } from './classify.ts';

const recorded = new URL('../../../../../../shared/fixtures/alphavantage/', import.meta.url);
const key = 'SECRETKEY123';
const now = Date.UTC(2024, 0, 2);
const asked: BarRequest = { symbol: 'IBM', interval: '5min', adjusted: true };

interface Given {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly request?: Partial<BarRequest>;
}

function classify(body: string | Uint8Array, { status = 200, headers = {}, request = {} }: Given = {}): RawBars {
  return classifyAnswer(
    { status, headers, body: typeof body === 'string' ? new TextEncoder().encode(body) : body },
    {
      request: { ...asked, ...request },
      settings: { source: 'alpha_vantage', barLabel: 'start', apiKey: new Redacted(key) },
      redact: (text) => text.replaceAll('hunter2', '***'),
      now,
    },
  );
}

const kinds = new Set(['rateLimit', 'configuration', 'externalApi', 'dataQuality']);

/** The error of a refused body, checked for what must hold for every one. */
function refusal(body: string | Uint8Array, given?: Given): ServiceError {
  try {
    classify(body, given);
  } catch (error) {
    if (!isServiceError(error)) throw error;
    expect(kinds).toContain(error.kind);
    expect(isVendorReason(error.reason)).toBe(true);
    expect(error.message).toMatch(/^Alpha Vantage [^\p{Cc}]+$/u);
    expect(error.message.length).toBeLessThan(400);
    expect(`${inspect(error, { depth: 10 })}${JSON.stringify(error)}${error.stack}`.toLowerCase()).not.toContain(
      key.toLowerCase(),
    );
    return error;
  }
  throw new Error('the body was accepted');
}

const meta =
  '"Meta Data":{"2. Symbol":"IBM","4. Interval":"5min","3. Last Refreshed":"2024-01-02 19:55:00","6. Time Zone":"US/Eastern"}';
const row = '"2024-01-02 19:55:00":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. volume":"9"}';
const good = `{${meta},"Time Series (5min)":{${row}}}`;
const csv = 'timestamp,open,high,low,close,volume\r\n2024-01-02 19:55:00,1,2,0.5,1.5,9\r\n';

describe('classifyAnswer: data', () => {
  it('describes the series it was asked for', () => {
    const bars = classify(good);
    expect(bars).toMatchObject({
      series: { symbol: 'IBM', interval: '5min', source: 'alpha_vantage', adjustment: 'adjusted' },
      timeZone: 'America/New_York',
      barLabel: 'start',
      lastRefreshed: '2024-01-02 19:55:00',
      length: 1,
    });
    expect(textAt(bars, bars.values.close, 0)).toBe('1.5');
    expect(classify(good, { request: { adjusted: false } }).series.adjustment).toBe('raw');
  });

  it('reads pairs in their own series, in UTC, and refuses those of another pair', () => {
    const rate = '"2024-01-02 19:55:00":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5"}';
    const fx = (from: string, to: string, zone = ',"7. Time Zone":"UTC"'): string =>
      `{"Meta Data":{"2. From Symbol":"${from}","3. To Symbol":"${to}","5. Interval":"5min"${zone}},` +
      `"Time Series FX (5min)":{${rate}}}`;
    const request = { symbol: 'EUR/USD', adjusted: false };
    const bars = classify(fx('EUR', 'USD'), { request });
    expect(bars).toMatchObject({ length: 1, timeZone: 'UTC', series: { symbol: 'EUR/USD', interval: '5min' } });
    expect(Object.keys(bars.values)).toEqual(['open', 'high', 'low', 'close']);
    expect(classify(fx('EUR', 'USD', ''), { request }).timeZone).toBe('UTC');
    expect(classify('timestamp,open,high,low,close\r\n2024-01-02 19:55:00,1,2,0.5,1\r\n', { request }).timeZone).toBe(
      'UTC',
    );
    for (const body of [fx('GBP', 'USD'), fx('EUR', 'CHF'), good]) {
      expect(refusal(body, { request }).reason).toBe('malformed');
    }
    const crypto = (code: string, market: string): string =>
      `{"Meta Data":{"2. Digital Currency Code":"${code}","4. Market Code":"${market}","7. Time Zone":"UTC"},` +
      `"Time Series (Digital Currency Daily)":{"2024-01-02":{"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. volume":"0.49400276"}}}`;
    const daily = { symbol: 'BTC/USD', interval: 'daily', adjusted: false } as const;
    const twice = (value: string): string =>
      ['open', 'high', 'low', 'close']
        .map((name, i) => `"${i + 1}a. ${name} (EUR)":"${value}","${i + 1}b. ${name} (USD)":"9"`)
        .join(',');
    const older = `{"Time Series (Digital Currency Daily)":{"2019-01-02":{${twice('3.5')},"5. volume":"0.25"}}}`;
    const euros = classify(older, { request: { ...daily, symbol: 'BTC/EUR' } });
    expect(['open', 'close', 'volume'].map((field) => textAt(euros, euros.values[field as 'open'], 0))).toEqual([
      '3.5',
      '3.5',
      '0.25',
    ]);
    const day = classify(crypto('BTC', 'USD'), { request: daily });
    expect(textAt(day, day.values.volume, 0)).toBe('0.49400276');
    expect(day.timeZone).toBe('UTC');
    expect(refusal(crypto('ETH', 'USD'), { request: daily }).reason).toBe('malformed');
    expect(refusal(crypto('BTC', 'EUR'), { request: daily }).reason).toBe('malformed');
  });

  it('understands CSV and JSON whichever was asked for, and whatever the content type says', () => {
    const bars = classify(csv, { headers: { 'content-type': 'application/json' } });
    expect(bars).toMatchObject({ length: 1, timeZone: 'America/New_York', lastRefreshed: undefined });
    expect(
      classify(`\ufeff \n${good}`.replace('\ufeff \n', '\ufeff'), { headers: { 'content-type': 'text/csv' } }).length,
    ).toBe(1);
  });

  it('keeps repeated timestamps', () => {
    expect(classify(`{${meta},"Time Series (5min)":{${row},${row}}}`).length).toBe(2);
  });

  it('accepts a symbol in other letters and another known zone', () => {
    const bars = classify(good.replace('"IBM"', '"ibm"').replace('US/Eastern', 'Europe/London'));
    expect(bars).toMatchObject({ timeZone: 'Europe/London', series: { symbol: 'IBM' } });
  });

  it('does not judge good rows by the words beside them', () => {
    expect(classify(good.replace('{"Meta', '{"Information":"premium rate limit, invalid API call","Meta')).length).toBe(
      1,
    );
  });

  it.each([
    ['daily', false, 'Time Series (Daily)'],
    ['daily', true, 'Time Series (Daily)'],
    ['weekly', false, 'Weekly Time Series'],
    ['weekly', true, 'Weekly Adjusted Time Series'],
    ['monthly', false, 'Monthly Time Series'],
    ['monthly', true, 'Monthly Adjusted Time Series'],
    ['1min', true, 'Time Series (1min)'],
  ] as const)('expects %s, adjusted %s, under "%s" and refuses another series', (interval, adjusted, name) => {
    const request = { interval, adjusted };
    const complete = row.replace('}', ',"5. adjusted close":"1.5"}');
    expect(classify(`{"${name}":{${complete}}}`, { request }).length).toBe(1);
    expect(refusal(`{"Time Series (30min)":{${row}}}`, { request })).toMatchObject({
      reason: 'malformed',
      retryable: false,
    });
  });
});

describe('classifyAnswer: answers that look like data and are none', () => {
  it.each([
    ['JSON', `{"Time Series (Daily)":{${row}}}`],
    ['CSV', 'timestamp,open,high,low,close,volume\r\n2024-01-02,1,2,0.5,1.5,1000\r\n'],
  ])('refuses as-traded rows for adjusted ones, which stand under the same key, in %s', (_, body) => {
    const answer = refusal(body, { request: { interval: 'daily', adjusted: true } });
    expect(answer).toMatchObject({ kind: 'externalApi', reason: 'malformed', retryable: false });
  });

  it.each([
    ['another symbol', good.replace('"IBM"', '"MSFT"')],
    ['another interval', good.replace('"5min"', '"1min"')],
    ['an unknown time zone', good.replace('US/Eastern', 'Mars/Olympus')],
    ['two series of one name', `{"Time Series (5min)":{${row}},"Time Series (5min)":{${row}}}`],
  ])('refuses %s', (_, body) => {
    expect(refusal(body)).toMatchObject({
      kind: 'externalApi',
      reason: 'malformed',
      retryable: false,
      details: { statusCode: 200 },
    });
  });

  it('refuses an invented sample even with rows in it', () => {
    const words = 'THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL';
    expect(refusal(good.replace('{"Meta', `{"message":"${words}","Meta`))).toMatchObject({
      kind: 'externalApi',
      reason: 'artificialSample',
      retryable: false,
    });
  });

  it.each([
    '{}',
    '{"Global Quote": {}}',
    `{${meta},"Time Series (5min)":{}}`,
    `{${meta}}`,
    'timestamp,open,high,low,close,volume\r\n',
  ])('calls %j an answer without rows', (body) => {
    expect(refusal(body)).toMatchObject({
      kind: 'dataQuality',
      reason: 'noData',
      retryable: false,
      details: { qualityScore: 0 },
    });
  });

  it.each([
    '[]',
    '[{"a":1}]',
    '"text"',
    '123',
    'null',
    'true',
    '{"Global Quote":{"01. symbol":"IBM"}}',
    'something else',
  ])('calls %j unknown', (body) => {
    expect(refusal(body)).toMatchObject({ kind: 'externalApi', reason: 'unknown', retryable: false });
  });

  it('shows the beginning of an unknown answer without secrets or control characters', () => {
    const error = refusal(
      `{"odd":{"a":"${key} hunter2\u202e\\u0053ECRETKEY123 apikey=${key}"},"b":"${'x'.repeat(900)}"}`,
    );
    expect(error.reason).toBe('unknown');
    expect(error.message).toContain('[redacted] ***[redacted] apikey=[redacted]');
  });

  it.each(['', ' \r\n', '{"Meta', good.slice(0, -1), csv.slice(0, -5)])(
    'calls %j cut off and worth another try',
    (body) => {
      expect(refusal(body)).toMatchObject({ kind: 'externalApi', reason: 'malformed', retryable: true });
    },
  );

  it.each([`${good}x`, '{"a":}', `${'['.repeat(200)}`])('calls %j broken for good', (body) => {
    expect(refusal(body)).toMatchObject({ kind: 'externalApi', reason: 'malformed', retryable: false });
  });
});

describe('classifyAnswer: words in unusual places', () => {
  const day = 'We have detected your API key as SECRETKEY123 and our standard API rate limit is 25 requests per day.';

  it.each([
    [`{"information":"${day}"}`, 'dailyQuota'],
    [`{"INFORMATION":"${day.toUpperCase()}"}`, 'dailyQuota'],
    [`\ufeff\r\n {"Information":"${day.replace('S', '\\u0053')}"}\n\n`, 'dailyQuota'],
    [`{"error_message":"Invalid API call."}`, 'unknownRequest'],
    [`{"errorMessage":"Invalid API call."}`, 'unknownRequest'],
    [`{"error":{"code":429,"message":"Too many requests"}}`, 'minuteQuota'],
    [`{"errors":["the parameter apikey is invalid or missing."]}`, 'authentication'],
    [`[{"Information":"This is a premium endpoint."}]`, 'premiumEndpoint'],
    [`"Our standard API call frequency is 5 calls per minute and 500 calls per day."`, 'minuteQuota'],
    [`Information\r\n"${day}"\r\n`, 'dailyQuota'],
    [`{"Information": "This is a premium endpoint."}\r\n`, 'premiumEndpoint'],
    ['\ufeff<!doctype html><title>502 Bad Gateway</title>', 'outage'],
    ['\ufeff', 'malformed'],
    [csv.replaceAll('\r\n', '\r'), 'malformed'],
    [csv.replaceAll(',', ';'), 'unknown'],
    [`${csv}{"Information":"${day}"}`, 'malformed'],
    [good.replace('Time Series (5min)', 'time series (5min)'), 'malformed'],
    [`{${meta},${meta.replace('IBM', 'MSFT')},"Time Series (5min)":{${row}}}`, 'malformed'],
    [`{${meta},"Time Series (5min)":{${row}},"Time Series (5min)":{${row}}}`, 'malformed'],
    [`{${meta},"Time Series (5min)":null}`, 'malformed'],
    [`{${meta},"Time Series (5min)":[]}`, 'malformed'],
    [`{"1":{"words":"a premium endpoint ${'x'.repeat(2000)}"}}`, 'unknown'],
    ['null', 'unknown'],
  ])('%j is %s', (body, reason) => {
    expect(refusal(body).reason).toBe(reason);
  });

  it('are believed where the meta data calls its rows artificial', () => {
    const invented = good.replace('"Meta Data":{', '"Meta Data":{"1. Information":"ARTIFICIAL sample data",');
    expect(refusal(invented).reason).toBe('artificialSample');
  });
});

describe('classifyAnswer: status codes', () => {
  it.each([
    [500, 'externalApi', 'outage', true],
    [503, 'externalApi', 'outage', true],
    [408, 'externalApi', 'outage', true],
    [401, 'externalApi', 'authentication', false],
    [403, 'externalApi', 'authentication', false],
    [404, 'externalApi', 'unknown', false],
    [302, 'externalApi', 'unknown', false],
    [206, 'externalApi', 'unknown', false],
    [429, 'rateLimit', 'minuteQuota', true],
  ] as const)('refuses status %d as %s, %s, even with good rows', (status, kind, reason, retryable) => {
    for (const body of [good, csv, '', '<html></html>', '{"a":1}', '{"a"', 'text', '{}']) {
      expect(refusal(body, { status })).toMatchObject({ kind, reason, retryable });
    }
  });

  it('believes known words before the status', () => {
    const words = (text: string): string => JSON.stringify({ Information: text });
    expect(refusal(words('Invalid API call.'), { status: 500 })).toMatchObject({
      reason: 'unknownRequest',
      details: { statusCode: 500 },
    });
    expect(refusal(words('25 requests per day'), { status: 429 }).reason).toBe('dailyQuota');
    expect(refusal(words('apikey is invalid or missing'), { status: 403 })).toMatchObject({
      kind: 'configuration',
      reason: 'authentication',
    });
  });

  it('calls a web page with status 200 an outage', () => {
    expect(refusal('\n<!DOCTYPE html><html></html>')).toMatchObject({
      kind: 'externalApi',
      reason: 'outage',
      retryable: true,
    });
  });
});

describe('classifyAnswer: waiting', () => {
  const pacing = '{"Information":"Burst pattern detected, no more than 5 requests per second"}';

  it.each([
    [pacing, 'pacing', true, 1500],
    ['{"Note":"5 calls per minute and 500 calls per day"}', 'minuteQuota', true, 60_000],
    ['{"Information":"our standard API rate limit is 25 requests per day"}', 'dailyQuota', false, 86_400_000],
  ] as const)('says how long to wait after %s', (body, reason, retryable, retryAfterMs) => {
    expect(refusal(body)).toMatchObject({
      kind: 'rateLimit',
      reason,
      retryable,
      retryAfterMs,
      details: { service: 'alpha_vantage' },
    });
  });

  it.each([
    ['7', 7000],
    ['-7', 0],
    ['99999999999', 86_400_000],
    ['Tue, 02 Jan 2024 00:00:20 GMT', 20_000],
    ['nonsense', 1500],
  ])('prefers the vendor’s Retry-After %j, within bounds', (header, wait) => {
    expect(refusal(pacing, { headers: { 'retry-after': header } }).retryAfterMs).toBe(wait);
  });

  it('takes plain text with status 200 at its word', () => {
    expect(refusal('Too many requests per minute').reason).toBe('minuteQuota');
  });
});

describe('classifyAnswer: the key', () => {
  it.each([
    `{"Information":"We have detected your API key as ${key} and our standard API rate limit is 25 requests per day."}`,
    `{"Information":"We have detected your API key as ${key.toLowerCase()}, a premium endpoint"}`,
    `{"Error Message":"Invalid API call for apikey=${key}"}`,
    `{"Meta Data":{"2. Symbol":"${key}"},"Time Series (5min)":{${row}}}`,
    `{"Time Series ${key}":{}}`,
    `{"x":{"y":"${key}"}}`,
    `<html>${key}</html>`,
    `key ${key}`,
    `${key}`,
    `{${key}`,
  ])('appears nowhere in the error for %s', (body) => {
    refusal(body);
    refusal(body, { status: 404 });
    refusal(body, { status: 503 });
  });

  it('is removed when the vendor quotes one that is not ours', () => {
    const body =
      '{"Information":"We have detected your API key as OLDKEY99 and our standard API rate limit is 25 requests per day."}';
    expect(refusal(body).message).toContain('API key as [redacted] and our');
    expect(refusal(body).message).not.toContain('OLDKEY99');
  });
});

describe('classifyAnswer: hostile input', () => {
  const survives = (body: string | Uint8Array): void => {
    try {
      const bars = classify(body);
      expect(bars.length).toBeGreaterThan(0);
    } catch (error) {
      if (!isServiceError(error)) throw error;
      expect(isVendorReason(error.reason)).toBe(true);
    }
  };

  it('throws nothing but classified errors for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 2000 });
  });

  it('throws nothing but classified errors for mangled good answers', () => {
    const piece = fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '{',
      '}',
      '"',
      ',',
      ':',
      '\n',
      'null',
      '1e400',
      '-1',
      '[[[[',
      '\\u0000',
      '\\ud800',
      '9'.repeat(400),
      '\u202e',
      '',
    );
    const change = fc.tuple(fc.constantFrom(good, csv), fc.nat(), fc.nat({ max: 12 }), piece);
    fc.assert(
      fc.property(change, ([body, at, drop, insert]) => {
        const cut = at % (body.length + 1);
        survives(body.slice(0, cut) + insert + body.slice(cut + drop));
      }),
      { numRuns: 3000 },
    );
  });

  it('throws nothing but classified errors for JSON of any shape', () => {
    const name = fc.constantFrom(
      'Meta Data',
      'Time Series (5min)',
      'Information',
      '2. Symbol',
      '1. open',
      '__proto__',
      'constructor',
      '',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.string({ maxLength: 8 }),
        fc.double(),
        fc.constantFrom(null, true),
        fc.array(tie('tree'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    }));
    fc.assert(
      fc.property(tree, (value) => survives(JSON.stringify({ 'Time Series (5min)': value }))),
      { numRuns: 2000 },
    );
  });

  it('leaves no trace of __proto__ keys', () => {
    const bars = classify(
      `{"__proto__":{"polluted":"yes"},${meta},"Time Series (5min)":{"__proto__":{"__proto__":{"polluted":"yes"},"1. open":"1"},${row}}}`,
    );
    expect(bars.length).toBe(2);
    expect(textAt(bars, bars.label, 0)).toBe('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe.skipIf(!existsSync(recorded))('classifyAnswer on recorded payloads (recorded payloads absent)', () => {
  const read = (file: string): Uint8Array => readFileSync(new URL(file, recorded));

  const errors: Record<string, readonly [string, string, boolean, number | undefined]> = {
    'portfoliotree__REALTIME_BULK_QUOTES_premium_artificial_sample.json': [
      'externalApi',
      'artificialSample',
      false,
      undefined,
    ],
    'quoted__empty_object.json': ['dataQuality', 'noData', false, undefined],
    'quoted__error_message_apikey_invalid_or_missing.json': ['configuration', 'authentication', false, undefined],
    'quoted__error_message_function_does_not_exist.json': ['externalApi', 'unknownRequest', false, undefined],
    'quoted__error_message_invalid_api_call_intraday.json': ['externalApi', 'unknownRequest', false, undefined],
    'quoted__global_quote_empty.json': ['dataQuality', 'noData', false, undefined],
    'quoted__heroku_503_application_error.html': ['externalApi', 'outage', true, undefined],
    'quoted__information_burst_1_per_second_free.json': ['rateLimit', 'pacing', true, 1500],
    'quoted__information_daily_limit_25_key_leak.json': ['rateLimit', 'dailyQuota', false, 86_400_000],
    'quoted__information_outputsize_full_premium.json': ['externalApi', 'premiumParameter', false, undefined],
    'quoted__information_premium_burst_20_per_second.json': ['rateLimit', 'pacing', true, 1500],
    'quoted__information_premium_endpoint.json': ['externalApi', 'premiumEndpoint', false, undefined],
    'quoted__note_5_per_minute_500_per_day.json': ['rateLimit', 'minuteQuota', true, 60_000],
    'sydlawrencedev__trading_1TER_daily_invalid_symbol.csv': ['externalApi', 'unknownRequest', false, undefined],
  };

  it('knows every recorded refusal', () => {
    expect(Object.keys(errors).sort()).toEqual(readdirSync(new URL('errors/', recorded)).sort());
  });

  it.each(Object.entries(errors))('classifies %s as %j', (file, [kind, reason, retryable, retryAfterMs]) => {
    expect(refusal(read(`errors/${file}`))).toMatchObject({ kind, reason, retryable, retryAfterMs });
  });

  it('calls the recorded web page an outage with its own status too', () => {
    expect(refusal(read('errors/quoted__heroku_503_application_error.html'), { status: 503 }).reason).toBe('outage');
  });

  it.each([
    ['intraday_1min/RomelTorres__alpha_vantage_MSFT_2017-12-18.json', 'MSFT', '1min', false, 100],
    ['daily/kantipenkov__stonks_NVDA_full_2021-12-23.json', 'NVDA', 'daily', false, 5574],
    ['daily/tanze1233__Finance-CS50_MSFT_2018-06.csv', 'MSFT', 'daily', false, 100],
    ['daily_adjusted/suhaskollur__IBM_full_2023-12-12.json', 'IBM', 'daily', true, 6068],
    ['weekly_adjusted/portfoliotree__IBM_2026-05.csv', 'IBM', 'weekly', true, undefined],
    ['monthly/portfoliotree__IBM_2026-05.csv', 'IBM', 'monthly', false, 318],
  ] as const)('takes the bars of %s', (file, symbol, interval, adjusted, count) => {
    const body = read(file);
    const lines = new TextDecoder().decode(body).trim().split('\n').length - 1;
    expect(classify(body, { request: { symbol, interval, adjusted } }).length).toBe(count ?? lines);
  });

  it.each([
    ['global_quote/RomelTorres__alpha_vantage_MSFT_2018-10-05.json', 'MSFT'],
    ['news_sentiment/portfoliotree__AAPL_2026-05.json', 'AAPL'],
    ['market_status/portfoliotree__2026-05-17.json', 'IBM'],
    ['symbol_search/portfoliotree__tesco_2026-05.csv', 'TSCO.LON'],
    ['listing_status/portfoliotree__active_2026-05.csv', 'A'],
    ['dividends/portfoliotree__IBM.csv', 'IBM'],
  ])('does not take %s for bars', (file, symbol) => {
    expect(refusal(read(file), { request: { symbol } })).toMatchObject({ kind: 'externalApi', reason: 'unknown' });
  });

  it('gives all rows or a classified error for a body cut anywhere, never some of the rows', () => {
    const body = read('intraday_1min/RomelTorres__alpha_vantage_MSFT_2017-12-18.json');
    const request = { symbol: 'MSFT', interval: '1min' } as const;
    const end = body.lastIndexOf(0x7d) + 1;
    for (let length = 0; length < end; length += length < 400 || length > end - 400 ? 1 : 37) {
      expect(refusal(body.subarray(0, length), { request }), `${length} bytes`).toMatchObject({
        reason: 'malformed',
        retryable: true,
      });
    }
    expect(classify(body.subarray(0, end), { request }).length).toBe(100);
  });
});
