import { inspect } from 'node:util';
import { RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { isServiceError, Redacted, type ServiceError } from '@quantumtrade/core-traits';
import { type BarRequest, type RawBars, textAt } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { QualityProcessor } from '../../processors/quality-processor.ts';
import { unlimited } from '../../quota/quota.ts';
import type { VendorAnswer, VendorHttp, VendorHttpOptions } from '../shared/http.ts';
import { isVendorReason } from '../shared/vendor-reason.ts';
import { AlpacaCollector } from './alpaca-collector.ts';
import type { AlpacaSettings } from './settings.ts';

const now = Date.UTC(2024, 0, 10, 12);
const keyId = 'AKTESTKEYID0123';
const secret = 'SECRET/of+a=test';

type Answer = Partial<Omit<VendorAnswer, 'body'>> & { readonly body: string };

interface Sent {
  readonly url: URL;
  readonly options: VendorHttpOptions;
}

/** A collector before a vendor that gives these answers in turn, the last one for ever. */
function given(
  answers: readonly (Answer | Error)[],
  settings: Partial<AlpacaSettings> = {},
  quota = unlimited,
  rotating: object = {},
) {
  const sent: Sent[] = [];
  const http: VendorHttp = {
    get: async (url, options) => {
      sent.push({ url, options });
      const answer = answers[Math.min(sent.length, answers.length) - 1] as Answer | Error;
      if (answer instanceof Error) throw answer;
      return { status: 200, headers: {}, ...answer, body: new TextEncoder().encode(answer.body) };
    },
    close: () => {},
  };
  const monitoring = new RecordingMonitoring();
  const collector = new AlpacaCollector({
    settings: rotatingOver(rotating, {
      source: 'alpaca',
      baseUrl: 'https://data.alpaca.markets',
      keyId: new Redacted(keyId),
      secretKey: new Redacted(secret),
      timeoutMs: 1000,
      feed: 'iex',
      defaultOutputSize: 'compact',
      maxPages: 5,
      ...settings,
    }),
    quota,
    http,
    clock: new VirtualClock({ start: now }),
    redact: (text) => text,
    monitoring,
  });
  return { collector, sent, monitoring };
}

/** Settings whose getters stay getters. */
function rotatingOver(rotating: object, settings: AlpacaSettings): AlpacaSettings {
  return Object.defineProperties(settings, Object.getOwnPropertyDescriptors(rotating));
}

const asked: BarRequest = { symbol: 'META', interval: 'daily', adjusted: false, outputSize: 'full' };
const bar = (t: string, rest = '"o":1,"h":2,"l":0.5,"c":1.5,"v":100,"n":3,"vw":1.2'): string => `{"t":"${t}",${rest}}`;
const page = (bars: string, token: string | null = null, symbol = 'META'): Answer => ({
  body: `{"bars":{"${symbol}":[${bars}]},"next_page_token":${JSON.stringify(token)}}`,
});
const day = (date: string): string => bar(`${date}T05:00:00Z`);

async function fetch(answer: Answer, request: Partial<BarRequest> = {}): Promise<RawBars> {
  return await given([answer]).collector.fetchBars({ ...asked, ...request });
}

/** The error of a refused answer, checked for what must hold for every one. */
async function refusal(
  answers: readonly (Answer | Error)[],
  settings?: Partial<AlpacaSettings>,
): Promise<ServiceError> {
  const error: unknown = await given(answers, settings)
    .collector.fetchBars(asked)
    .catch((failure: unknown) => failure);
  if (!isServiceError(error)) throw new Error(`no refusal but ${inspect(error)}`);
  expect(isVendorReason(error.reason)).toBe(true);
  expect(error.message).toMatch(/^[^\p{Cc}]+$/u);
  for (const key of [keyId, secret, encodeURIComponent(secret)]) {
    expect(`${inspect(error, { depth: 10 })}${JSON.stringify(error)}${error.stack}`).not.toContain(key);
  }
  return error;
}

const texts = (bars: RawBars, field: 'label' | 'open' | 'close' | 'volume'): (string | undefined)[] =>
  Array.from({ length: bars.length }, (_, row) =>
    textAt(bars, field === 'label' ? bars.label : bars.values[field], row),
  );

describe('what Alpaca is asked', () => {
  const query = async (request: Partial<BarRequest>, settings?: Partial<AlpacaSettings>): Promise<object> => {
    const { collector, sent } = given([{ body: '{"bars":null}' }], settings);
    await collector.fetchBars({ ...asked, outputSize: undefined, ...request }).catch(() => {});
    const [
      {
        url: { pathname, searchParams },
      },
    ] = sent as [Sent];
    return { path: pathname, ...Object.fromEntries(searchParams) };
  };

  it('is the newest hundred bars of a stock, raw, from the free feed, unless the request says more', async () => {
    expect(await query({})).toEqual({
      path: '/v2/stocks/bars',
      symbols: 'META',
      timeframe: '1Day',
      start: '2023-01-10T12:00:00.000Z',
      limit: '100',
      sort: 'desc',
      adjustment: 'raw',
      feed: 'iex',
    });
    expect(await query({ adjusted: true }, { feed: 'sip' })).toMatchObject({ adjustment: 'all', feed: 'sip' });
    expect(await query({ outputSize: 'full' })).toMatchObject({ limit: '10000', sort: 'asc' });
  });

  it.each([
    ['1min', '1Min'],
    ['5min', '5Min'],
    ['15min', '15Min'],
    ['30min', '30Min'],
    ['60min', '1Hour'],
    ['daily', '1Day'],
    ['weekly', '1Week'],
    ['monthly', '1Month'],
  ] as const)('calls %s bars %s', async (interval, timeframe) => {
    expect(await query({ interval })).toMatchObject({ timeframe });
  });

  it('is a digital currency at its own endpoint, without adjustment and feed', async () => {
    const asking = await query({ symbol: 'BTC/USD', interval: '60min' });
    expect(asking).toMatchObject({ path: '/v1beta3/crypto/us/bars', symbols: 'BTC/USD', timeframe: '1Hour' });
    expect(asking).not.toHaveProperty('adjustment');
    expect(asking).not.toHaveProperty('feed');
  });

  it('is a month of New York, with its change of clocks, or of UTC', async () => {
    expect(await query({ interval: '1min', month: '2024-03' })).toMatchObject({
      start: '2024-03-01T05:00:00.000Z',
      end: '2024-04-01T03:59:59.999Z',
      sort: 'asc',
      limit: '10000',
    });
    expect(await query({ interval: '1min', month: '2024-12', symbol: 'ETH/USD' })).toMatchObject({
      start: '2024-12-01T00:00:00.000Z',
      end: '2024-12-31T23:59:59.999Z',
    });
  });

  it('is a half-open range of instants', async () => {
    expect(await query({ from: Date.UTC(2024, 0, 2), to: Date.UTC(2024, 0, 3) })).toMatchObject({
      start: '2024-01-02T00:00:00.000Z',
      end: '2024-01-02T23:59:59.999Z',
      sort: 'asc',
    });
    expect(await query({ interval: '5min', to: Date.UTC(2024, 0, 3), outputSize: 'full' })).toMatchObject({
      start: '2023-12-04T00:00:00.000Z',
      end: '2024-01-02T23:59:59.999Z',
    });
  });

  it('is nothing where the range is empty or the address is none', async () => {
    const { collector, sent } = given([page('')]);
    await expect(collector.fetchBars({ ...asked, from: 5, to: 5 })).rejects.toMatchObject({ reason: 'invalidRequest' });
    const nowhere = given([page('')], { baseUrl: 'ftp://vendor' });
    await expect(nowhere.collector.fetchBars(asked)).rejects.toMatchObject({ reason: 'invalidBaseUrl' });
    expect([...sent, ...nowhere.sent]).toEqual([]);
  });

  it('carries the keys in headers and nowhere else', async () => {
    const { collector, sent } = given([page(day('2024-01-02'))], { baseUrl: 'https://vendor.test/prefix/' });
    await collector.fetchBars(asked);
    expect(sent[0]?.options.headers).toEqual({ 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secret });
    expect(sent[0]?.url.pathname).toBe('/prefix/v2/stocks/bars');
    expect(decodeURIComponent(sent[0]?.url.href ?? '')).not.toMatch(/AKTEST|SECRET/);
  });
});

describe('pages', () => {
  it('are collected in order into one answer, each by the token of the one before', async () => {
    const { collector, sent, monitoring } = given([
      page(day('2024-01-02'), 'A'),
      page('', 'B'),
      page(`${day('2024-01-03')},${bar('2024-01-04T05:00:00Z', '"o":7.25,"h":8,"l":7,"c":7.50,"v":1')}`),
    ]);
    const bars = await collector.fetchBars(asked);
    expect(texts(bars, 'label')).toEqual(['2024-01-02', '2024-01-03', '2024-01-04']);
    expect(texts(bars, 'open')).toEqual(['1', '1', '7.25']);
    expect(texts(bars, 'close')).toEqual(['1.5', '1.5', '7.50']);
    expect(sent.map(({ url }) => url.searchParams.get('page_token'))).toEqual([null, 'A', 'B']);
    expect(monitoring.timings('alpaca_api_duration_seconds')).toHaveLength(3);
  });

  it('end with the first where the newest bars are all that is wanted', async () => {
    const { collector, sent } = given([page(day('2024-01-02'), 'A')]);
    expect((await collector.fetchBars({ ...asked, outputSize: 'compact' })).length).toBe(1);
    expect(sent).toHaveLength(1);
  });

  it('take quota each, and what the caller can wait is for all of them', async () => {
    const waits: (number | undefined)[] = [];
    const quota = {
      ...unlimited,
      acquire: async (options: { patienceMs?: number } = {}) => void waits.push(options.patienceMs),
    };
    const { collector } = given([page(day('2024-01-02'), 'A'), page(day('2024-01-03'))], {}, quota as typeof unlimited);
    await collector.fetchBars(asked, { patienceMs: 1000 });
    await collector.fetchBars(asked);
    expect(waits).toEqual([1000, 1000, undefined]);
  });

  it('refuse a token that comes again, and more pages than allowed', async () => {
    expect(await refusal([page(day('2024-01-02'), 'A')])).toMatchObject({ reason: 'malformed', retryable: false });
    const endless = Array.from({ length: 9 }, (_, i) => page(day('2024-01-02'), `token ${i}`));
    const error = await refusal(endless, { maxPages: 3 });
    expect(error).toMatchObject({ reason: 'malformed', message: expect.stringContaining('more than 3 pages') });
  });

  it('give nothing when one of them fails', async () => {
    expect(await refusal([page(day('2024-01-02'), 'A'), { status: 500, body: '' }])).toMatchObject({
      reason: 'outage',
      retryable: true,
    });
  });
});

describe('bars', () => {
  it('keep every digit of their numbers, exponents included, and never pass through a float', async () => {
    const rest =
      '"o":0.1000000000000000055511151231257827,"h":1e-7,"l":1E+2,"c":-0.0,"v":3.67960285,"n":10,"vw":679.63';
    const bars = await fetch(page(bar('2024-01-02T05:00:00Z', rest)));
    expect(texts(bars, 'open')).toEqual(['0.1000000000000000055511151231257827']);
    expect(textAt(bars, bars.values.high, 0)).toBe('1e-7');
    expect(textAt(bars, bars.values.low, 0)).toBe('1E+2');
    expect(texts(bars, 'volume')).toEqual(['3.67960285']);
    expect(Object.keys(bars.values)).toEqual(['open', 'high', 'low', 'close', 'volume']);
  });

  it('carry their UTC time where it is a whole second, however it is written, and stay as they are otherwise', async () => {
    const times = [
      '2024-01-02T14:30:00Z',
      '2024-01-02T14:31:00.000000000Z',
      '2024-01-02T14:32:00+00:00',
      '2024-01-02T14:33:00.000000001Z',
      '2024-01-02T09:34:00-05:00',
    ];
    const bars = await fetch(page(times.map((t) => bar(t)).join(',')), { interval: '1min' });
    expect(bars).toMatchObject({ timeZone: 'UTC', barLabel: 'start', length: 5 });
    expect(texts(bars, 'label')).toEqual([
      '2024-01-02T14:30:00',
      '2024-01-02T14:31:00',
      '2024-01-02T14:32:00',
      ...times.slice(3),
    ]);
    const quality = { minQualityScore: 0, enableValidation: false, enableDeduplication: true } as const;
    const settings = { ...quality, maxPriceDeviationPercent: 10, minVolumeThreshold: 0 };
    const { accepted, quarantined } = new QualityProcessor({ settings }).process(bars);
    expect([...accepted.openTime]).toEqual([30, 31, 32].map((minute) => Date.UTC(2024, 0, 2, 14, minute)));
    expect(quarantined.map(({ label, brokenRules }) => [label, brokenRules])).toEqual(
      times.slice(3).map((label) => [label, ['malformed_time']]),
    );
  });

  it('of days begin at midnight in New York, in summer and in winter; another time is left as it is', async () => {
    const times = ['2024-03-08T05:00:00Z', '2024-03-11T04:00:00Z', '2024-03-12T05:00:00Z', '2024-03-13T00:00:00Z'];
    const bars = await fetch(page(times.map((t) => bar(t)).join(',')));
    expect(bars.timeZone).toBe('America/New_York');
    expect(texts(bars, 'label')).toEqual(['2024-03-08', '2024-03-11', ...times.slice(2)]);
  });

  it.each([
    ['America/Chicago', ['2024-03-09T06:00:00Z', '2024-03-11T05:00:00Z']],
    ['UTC', ['2024-03-09T00:00:00Z', '2024-03-11T00:00:00Z']],
  ])('of days of a digital currency begin at midnight in %s where they do', async (timeZone, times) => {
    const bars = await fetch(page(times.map((t) => bar(t)).join(','), null, 'BTC/USD'), { symbol: 'BTC/USD' });
    expect(bars.timeZone).toBe(timeZone);
    expect(texts(bars, 'label')).toEqual(['2024-03-09', '2024-03-11']);
  });

  it('lose what is broken in them and nothing else', async () => {
    const broken = [
      '7',
      '{"o":1,"h":2,"l":0.5,"c":1.5,"v":1}',
      bar('2024-01-02T05:00:00Z', '"o":1,"o":2,"h":null,"l":[],"c":"1.5"'),
      bar('2024-01-03T05:00:00Z', '"t":"2024-01-04T05:00:00Z","o":1,"h":2,"l":0.5,"c":1.5,"v":1,"__proto__":{"o":9}'),
    ];
    const bars = await fetch(page(broken.join(',')));
    expect(texts(bars, 'label')).toEqual([undefined, undefined, '2024-01-02', undefined]);
    expect(texts(bars, 'open')).toEqual([undefined, '1', undefined, '1']);
    expect(texts(bars, 'close')).toEqual([undefined, '1.5', '1.5', '1.5']);
  });

  it('are found by symbol among others, and in the form of the endpoint of one symbol', async () => {
    const two = {
      body: `{"bars":{"AAPL":[${day('2024-01-03')}],"META":[${day('2024-01-02')}]},"next_page_token":null}`,
    };
    expect(texts(await fetch(two), 'label')).toEqual(['2024-01-02']);
    const one = { body: `{"symbol":"META","bars":[${day('2024-01-02')}],"next_page_token":null}` };
    expect(texts(await fetch(one), 'label')).toEqual(['2024-01-02']);
  });

  it('hide a key that the vendor puts into them', async () => {
    const bars = await fetch(page(bar('2024-01-02T05:00:00Z', `"o":"${keyId}","h":"${secret}","l":1,"c":1,"v":1`)));
    const text = new TextDecoder().decode(bars.text);
    expect(text).not.toContain(keyId);
    expect(text).not.toContain(secret);
  });
});

describe('refusals', () => {
  const said = (status: number, message: string, code?: number): Answer => ({
    status,
    body: JSON.stringify({ ...(code !== undefined && { code }), message }),
  });
  const html = '<html><head><title>401 Authorization Required</title></head></html>';

  it.each([
    ['a bad key', said(403, 'forbidden.'), 'configuration', 'authentication'],
    ['no key', { status: 401, body: html }, 'configuration', 'authentication'],
    ['a key it does not know', said(401, 'unauthorized.'), 'configuration', 'authentication'],
    [
      'data of another plan',
      said(403, 'subscription does not permit querying recent SIP data'),
      'externalApi',
      'premiumParameter',
    ],
    [
      'the last 15 minutes',
      said(422, 'your subscription does not permit querying data from the past 15 minutes', 42210000),
      'externalApi',
      'premiumParameter',
    ],
    ['a symbol', said(400, 'invalid symbol: META'), 'externalApi', 'unknownRequest'],
    ['a parameter', said(422, 'limit must be less than 10000'), 'externalApi', 'unknownRequest'],
    ['too many requests', said(429, 'too many requests.', 42910000), 'rateLimit', 'minuteQuota'],
    ['too many requests, with a good status', said(200, 'too many requests.'), 'rateLimit', 'minuteQuota'],
    ['an error of its own', said(500, 'internal server error occurred'), 'externalApi', 'outage'],
    ['a page for people', { status: 503, body: html }, 'externalApi', 'outage'],
    ['a page for people, with a good status', { body: html }, 'externalApi', 'outage'],
    ['a redirect', { status: 302, body: '' }, 'externalApi', 'unknown'],
    ['no bars', { body: '{"bars":null,"next_page_token":null}' }, 'dataQuality', 'noData'],
    ['no symbols', { body: '{"bars":{},"next_page_token":null}' }, 'dataQuality', 'noData'],
    ['an empty list', page(''), 'dataQuality', 'noData'],
    ['the bars of another symbol', page(day('2024-01-02'), null, 'ZZZZ'), 'externalApi', 'malformed'],
    [
      'another currency',
      { body: `{"bars":{"META":[${day('2024-01-02')}]},"currency":"MXN"}` },
      'externalApi',
      'malformed',
    ],
    ['nothing', { body: '' }, 'externalApi', 'malformed'],
    ['half of it', { body: page(day('2024-01-02')).body.slice(0, -40) }, 'externalApi', 'malformed'],
    ['a symbol twice', { body: '{"bars":{"META":[],"META":[]}}' }, 'externalApi', 'malformed'],
    ['text', { body: 'hello' }, 'externalApi', 'unknown'],
    ['an object with nothing known', { body: '{"hello":"world"}' }, 'externalApi', 'unknown'],
    ['a list', { body: '[1,2,3]' }, 'externalApi', 'unknown'],
    ['an error without a message', new TypeError(`bad header ${keyId} ${secret}`), 'externalApi', 'unknown'],
  ] satisfies [string, Answer | Error, string, string][])('about %s', async (_about, answer, kind, reason) => {
    expect(await refusal([answer])).toMatchObject({ kind, reason });
  });

  it('wait as long as the vendor says, in either header, and a minute where it says nothing sensible', async () => {
    const waitFor = async (headers: Record<string, string>): Promise<unknown> =>
      (await refusal([{ ...said(429, 'too many requests.'), headers }])).retryAfterMs;
    expect(await waitFor({ 'retry-after': '7' })).toBe(7000);
    expect(await waitFor({ 'x-ratelimit-reset': String(now / 1000 + 20) })).toBe(20_000);
    expect(await waitFor({ 'x-ratelimit-reset': String(now / 1000 + 9_000) })).toBe(60_000);
    expect(await waitFor({ 'x-ratelimit-reset': 'soon' })).toBe(60_000);
  });

  it('quote the vendor without the keys that it quotes', async () => {
    const error = await refusal([said(403, `access key ${keyId} with ${secret} is not known`)]);
    expect(error.message).toContain('[redacted]');
  });

  it('are counted by reason and seen in health, and an answer mends it', async () => {
    const { collector, monitoring } = given([said(500, 'x'), page(day('2024-01-02'))]);
    await collector.fetchBars(asked).catch(() => {});
    expect(monitoring.counter('alpaca_api_errors_total', { reason: 'outage' })).toBe(1);
    expect(collector.health()).toMatchObject({ name: 'alpaca', implementation: 'server', status: 'degraded' });
    await collector.fetchBars(asked);
    expect(collector.health()).toMatchObject({ status: 'healthy' });
  });
});

describe('the keys of Alpaca', () => {
  it.each(['', 'KEY\nX-Header: 1', 'KEY WITH BLANKS', 'K€Y'])('are refused as %j, and nothing is sent', async (key) => {
    for (const settings of [{ keyId: new Redacted(key) }, { secretKey: new Redacted(key) }]) {
      const { collector, sent } = given([page(day('2024-01-02'))], settings);
      const error: unknown = await collector.fetchBars(asked).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ kind: 'configuration', reason: 'authentication' });
      if (key !== '') expect(inspect(error, { depth: 10 })).not.toContain(key);
      expect(sent).toEqual([]);
    }
  });

  it('that rotate are used by the next page', async () => {
    let current = 'OLD-SECRET';
    const settings = {
      get secretKey() {
        return new Redacted(current);
      },
    };
    const { collector, sent } = given(
      [page(day('2024-01-02'), 'A'), page(bar('2024-01-03T05:00:00Z', '"o":"NEW-SECRET","h":1,"l":1,"c":1,"v":1'))],
      {},
      {
        ...unlimited,
        acquire: async () => {
          if (sent.length === 1) current = 'NEW-SECRET';
        },
      },
      settings,
    );
    const bars = await collector.fetchBars(asked);
    expect(sent.map(({ options }) => options.headers?.['APCA-API-SECRET-KEY'])).toEqual(['OLD-SECRET', 'NEW-SECRET']);
    expect(new TextDecoder().decode(bars.text)).not.toContain('NEW-SECRET');
  });
});
