import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { type Clock, type Labels, type MonitoringProvider, Redacted, ServiceError } from '@quantumtrade/core-traits';
import type { BarRequest, CollectorOptions } from '@quantumtrade/shared-types';
import { afterEach, describe, expect, it } from 'vitest';
import type { Quota } from '../../quota/quota.ts';
import { createVendorHttp, type VendorAnswer, type VendorHttp } from '../shared/http.ts';
import { providerInstruments } from '../shared/provider-instruments.ts';
import { AlphaVantageCollector } from './alpha-vantage-collector.ts';
import { alphaVantageInstruments } from './instruments.ts';
import type { AlphaVantageSettings } from './settings.ts';

const key = 'SECRETKEY123';
const asked: BarRequest = { symbol: 'ibm', interval: 'daily', adjusted: false };
const good = '{"Time Series (Daily)":{"2024-01-02":{"1. open":"1"}}}';

const settings: AlphaVantageSettings = {
  source: 'alpha_vantage',
  baseUrl: 'https://vendor.test',
  apiKey: new Redacted(key),
  timeoutMs: 1234,
  defaultOutputSize: 'compact',
  barLabel: 'start',
  dataType: 'json',
};

const text = (body: string, status = 200): VendorAnswer => ({
  status,
  headers: {},
  body: new TextEncoder().encode(body),
});

interface Setup {
  readonly answer?: (url: URL) => VendorAnswer | Promise<VendorAnswer>;
  readonly acquire?: Quota['acquire'];
  readonly settings?: Partial<AlphaVantageSettings>;
}

/** A collector whose time advances by 10 ms with each look at the clock, and everything it did. */
function setUp({ answer = () => text(good), acquire = async () => {}, settings: own = {} }: Setup = {}) {
  let time = 0;
  const clock: Clock = { now: () => 5000, monotonic: () => (time += 10), random: () => 0, sleep: async () => {} };
  const urls: URL[] = [];
  const refused: ServiceError[] = [];
  const acquired: unknown[] = [];
  const timings: number[] = [];
  const counts: (Labels | undefined)[] = [];
  const ofProvider: (Labels | undefined)[] = [];
  const options: unknown[] = [];
  let closed = 0;
  const http: VendorHttp = {
    get: async (url, given) => {
      urls.push(url);
      options.push(given);
      return answer(url);
    },
    close: () => {
      closed++;
    },
  };
  const quota: Quota = {
    acquire: async (given) => {
      acquired.push(given);
      await acquire(given);
    },
    refused: (error) => refused.push(error),
  };
  const monitoring: MonitoringProvider = {
    recordMetric: () => {},
    recordCounter: (instrument, _, labels) => {
      if (instrument === alphaVantageInstruments.errors) counts.push(labels);
      else {
        expect(instrument).toBe(providerInstruments.errors);
        ofProvider.push(labels);
      }
    },
    recordTiming: (instrument, milliseconds) => {
      if (instrument === alphaVantageInstruments.duration) timings.push(milliseconds);
      else expect(instrument).toBe(providerInstruments.latency);
    },
    logInfo: () => {},
    logWarn: () => {},
    logError: () => {},
  };
  const collector = new AlphaVantageCollector({
    settings: { ...settings, ...own },
    quota,
    http,
    clock,
    redact: (words) => words,
    monitoring,
  });
  const fail = async (request: BarRequest = asked, given?: CollectorOptions): Promise<unknown> => {
    try {
      await collector.fetchBars(request, given);
    } catch (error) {
      expect(`${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}`).not.toContain(key);
      return error;
    }
    throw new Error('the call succeeded');
  };
  return { collector, fail, urls, options, refused, acquired, timings, counts, ofProvider, closed: () => closed };
}

describe('AlphaVantageCollector', () => {
  it('takes quota, asks once with the key, and gives the bars', async () => {
    const { collector, urls, options, acquired, timings, counts } = setUp();
    const signal = new AbortController().signal;
    const bars = await collector.fetchBars(asked, { signal, patienceMs: 99 });
    expect(bars).toMatchObject({ length: 1, series: { symbol: 'IBM', source: 'alpha_vantage', adjustment: 'raw' } });
    expect(urls.map(String)).toEqual([
      `https://vendor.test/query?function=TIME_SERIES_DAILY&symbol=IBM&outputsize=compact&datatype=json&apikey=${key}`,
    ]);
    expect(options).toEqual([{ timeoutMs: 1234, signal, beforeResend: expect.any(Function) }]);
    expect(acquired).toEqual([{ signal, patienceMs: 99 }]);
    expect(timings).toEqual([10]);
    expect(counts).toEqual([]);
  });

  it.each(['', "IBM'; DROP", '../etc', 'A\r\nB', 'A\0', '\u202eMBI', 'A'.repeat(10_000)])(
    'refuses the symbol %j without spending quota',
    async (symbol) => {
      const { fail, acquired, urls } = setUp();
      expect(await fail({ ...asked, symbol })).toMatchObject({ kind: 'configuration', reason: 'invalidSymbol' });
      expect([acquired, urls]).toEqual([[], []]);
    },
  );

  it('refuses a request that makes no sense without spending quota', async () => {
    const { fail, acquired, collector } = setUp();
    expect(await fail({ ...asked, month: '2024-01' })).toMatchObject({
      kind: 'configuration',
      reason: 'invalidRequest',
    });
    expect(acquired).toEqual([]);
    expect(collector.health().message).toBe('no call yet');
  });

  it('passes on a refusal of the quota, which is no failure of the vendor', async () => {
    const error = new ServiceError({ kind: 'rateLimit', service: 'alpha_vantage', reason: 'pacing', message: 'later' });
    const { fail, urls, refused, counts, collector } = setUp({ acquire: () => Promise.reject(error) });
    expect(await fail()).toBe(error);
    expect([urls, refused, counts]).toEqual([[], [], []]);
    expect(collector.health().message).toBe('no call yet');
  });

  it('tells the quota when the vendor refuses for the rate, and only then', async () => {
    const bodies = ['{"Information":"our rate limit is 25 requests per day"}', '{"Error Message":"Invalid API call."}'];
    const { fail, refused, counts } = setUp({ answer: () => text(bodies.shift() ?? '') });
    const first = await fail();
    expect(refused).toEqual([first]);
    expect(await fail()).toMatchObject({ reason: 'unknownRequest' });
    expect(refused).toHaveLength(1);
    expect(counts).toEqual([{ reason: 'dailyQuota' }, { reason: 'unknownRequest' }]);
  });

  it('counts what gave no bars apart from what gave no dividends', async () => {
    const { collector, fail, ofProvider } = setUp({ answer: () => text('', 503) });
    await fail();
    await expect(collector.fetchCorporateActions({ symbol: 'IBM', kind: 'dividend' })).rejects.toThrow(ServiceError);
    const failed = { provider: 'alpha_vantage', code: 'outage' };
    expect(ofProvider).toEqual([
      { ...failed, endpoint: 'bars' },
      { ...failed, endpoint: 'actions' },
    ]);
  });

  it('measures failed requests too', async () => {
    const { fail, timings } = setUp({ answer: () => text('', 503) });
    await fail();
    expect(timings).toEqual([10]);
  });

  it('rejects with the reason of the signal and blames nobody', async () => {
    const controller = new AbortController();
    const answer = (): never => {
      controller.abort('enough');
      throw new Error('aborted');
    };
    const { fail, counts, collector } = setUp({ answer });
    expect(await fail(asked, { signal: controller.signal })).toBe('enough');
    expect(counts).toEqual([]);
    expect(collector.health().message).toBe('no call yet');
  });

  it('wraps any other error without what it carries', async () => {
    const answer = (url: URL): never => {
      throw Object.assign(new Error(`cannot fetch ${url}`), { options: { url } });
    };
    const { fail, counts } = setUp({ answer });
    expect(await fail()).toMatchObject({ kind: 'externalApi', reason: 'unknown', retryable: false });
    expect(counts).toEqual([{ reason: 'unknown' }]);
  });

  it('reports its health from the calls it made, without another one', async () => {
    const answers = [text('', 503), text(good), text('{"Error Message":"apikey is invalid or missing"}')];
    const { collector, fail, urls } = setUp({ answer: () => answers.shift() ?? text('') });
    expect(collector.health()).toMatchObject({
      name: 'alpha_vantage',
      status: 'healthy',
      message: 'no call yet',
      implementation: 'server',
    });
    await fail();
    expect(collector.health()).toMatchObject({ status: 'degraded', lastCheck: 5000, responseTimeMs: 10 });
    await collector.fetchBars(asked);
    expect(collector.health().status).toBe('healthy');
    await fail();
    expect(collector.health().status).toBe('unhealthy');
    expect(urls).toHaveLength(3);
  });

  it('names the sandbox when it stands behind the URL', () => {
    expect(setUp({ settings: { implementation: 'sandbox' } }).collector.health().implementation).toBe('sandbox');
  });

  it('closes its connections', async () => {
    const { collector, closed } = setUp();
    await collector.close();
    expect(closed()).toBe(1);
  });

  it('shows nothing of the key when it is printed itself', () => {
    expect(inspect(setUp().collector, { depth: 10, showHidden: true })).not.toContain(key);
  });
});

describe('AlphaVantageCollector over a real connection', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('fetches, and keeps the key out of the error of a vendor that echoes it', async () => {
    server = createServer((request, response) => {
      const symbol = new URL(request.url ?? '', 'http://vendor').searchParams.get('symbol');
      response.end(symbol === 'IBM' ? good : JSON.stringify({ oops: { url: request.url } }));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const http = createVendorHttp();
    const { collector, fail } = setUp({
      answer: (url) => http.get(url, { timeoutMs: 5000 }),
      settings: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    });
    expect((await collector.fetchBars(asked)).length).toBe(1);
    expect(await fail({ ...asked, symbol: 'MSFT' })).toMatchObject({
      reason: 'unknown',
      message: expect.stringContaining('apikey=[redacted]'),
    });
    http.close();
  });
});
