import { describe, expect, it } from 'vitest';
import { createAlphaVantageSandbox } from '../sandbox.ts';
import { startSandboxServer } from '../server.ts';
import { ALPACA_REFUSALS, reservedAlpacaSymbol } from './alpaca-refusal.ts';
import { createAlpacaSandbox } from './alpaca-sandbox.ts';
import type { AlpacaSandbox, AlpacaSandboxOptions } from './alpaca-types.ts';

const NOW = Date.UTC(2026, 10, 20, 15, 0);
const headers = { 'apca-api-key-id': 'any', 'apca-api-secret-key': 'any' };

interface Bar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

interface Page {
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  readonly next_page_token: string | null;
}

const create = (options: AlpacaSandboxOptions = {}): AlpacaSandbox =>
  createAlpacaSandbox({ now: () => NOW, ...options });
const url = (query: string, path = '/v2/stocks/bars'): string => `${path}?symbols=IBM&timeframe=1Day&${query}`;

function ask(query: string, sandbox = create(), path = '/v2/stocks/bars'): Page {
  const params = new URLSearchParams('symbols=IBM&timeframe=1Day');
  for (const [name, value] of new URLSearchParams(query)) params.set(name, value);
  const { status, body } = sandbox.handle({ url: `${path}?${params}`, headers });
  expect([status, body.slice(0, 80)]).toEqual([200, expect.stringMatching(/^\{"bars"/)]);
  return JSON.parse(body) as Page;
}

describe('bars of the Alpaca sandbox', () => {
  it('are those of the Alpha Vantage sandbox, by UTC time, oldest first', () => {
    const other = createAlphaVantageSandbox({ now: () => NOW }).handle({
      url: '/query?function=TIME_SERIES_INTRADAY&symbol=IBM&interval=5min&apikey=K',
    });
    const series = (JSON.parse(other.body) as Record<string, Record<string, Record<string, string>>>)[
      'Time Series (5min)'
    ];
    const expected = Object.entries(series ?? {}).map(([label, row]) => [label, ...Object.values(row).map(Number)]);
    const { IBM = [] } = ask('timeframe=5Min&start=2026-11-18&limit=10000').bars;
    // New York is five hours behind UTC in November.
    const labels = IBM.map(({ t, o, h, l, c, v }) => [
      new Date(Date.parse(t) - 5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
      ...[o, h, l, c, v],
    ]);
    expect(labels.slice(-100).reverse()).toEqual(expected);
  });

  it.each([
    ['1Day', '2026-11-02', ['2026-11-02T05:00:00Z', '2026-11-03T05:00:00Z', '2026-11-04T05:00:00Z']],
    ['1Day', '2026-10-29', ['2026-10-29T04:00:00Z', '2026-10-30T04:00:00Z', '2026-11-02T05:00:00Z']],
    ['1Week', '2026-10-26', ['2026-10-26T04:00:00Z', '2026-11-02T05:00:00Z', '2026-11-09T05:00:00Z']],
    ['1Month', '2026-09-01', ['2026-09-01T04:00:00Z', '2026-10-01T04:00:00Z', '2026-11-01T04:00:00Z']],
  ])('of %s from %s begin at midnight in New York', (timeframe, start, times) => {
    const { IBM = [] } = ask(`timeframe=${timeframe}&start=${start}&limit=3`).bars;
    expect(IBM.map(({ t }) => t)).toEqual(times);
  });

  it('come in pages that add up to the whole, in either order', () => {
    for (const sort of ['asc', 'desc']) {
      const query = `timeframe=1Hour&start=2026-11-16&sort=${sort}`;
      const whole = ask(`${query}&limit=10000`);
      expect(whole.next_page_token).toBeNull();
      const bars: Bar[] = [];
      for (let token: string | null = ''; token !== null; ) {
        const page: Page = ask(`${query}&limit=7${token === '' ? '' : `&page_token=${encodeURIComponent(token)}`}`);
        bars.push(...(page.bars.IBM ?? []));
        token = page.next_page_token;
      }
      expect(bars).toEqual(whole.bars.IBM);
      expect(bars.length).toBeGreaterThan(50);
      expect(bars.map(({ t }) => t)).toEqual(
        bars.map(({ t }) => t).toSorted((a, b) => (sort === 'asc' ? 1 : -1) * a.localeCompare(b)),
      );
    }
  });

  it('of digital currencies have fractions as volume and days of UTC', () => {
    const { 'BTC/USD': bars = [] } = ask('symbols=BTC/USD&start=2026-11-16', create(), '/v1beta3/crypto/us/bars').bars;
    expect(bars.map(({ t }) => t.slice(10))).toEqual(bars.map(() => 'T00:00:00Z'));
    expect(bars.some(({ v }) => !Number.isInteger(v))).toBe(true);
  });

  it('that are adjusted are lower than raw ones before a dividend, all four prices alike', () => {
    const [raw] = ask('start=2024-01-02&limit=1').bars.IBM ?? [];
    const [adjusted] = ask('start=2024-01-02&limit=1&adjustment=all').bars.IBM ?? [];
    for (const name of ['o', 'h', 'l', 'c'] as const) expect(adjusted?.[name]).toBeLessThan(raw?.[name] ?? 0);
    expect(adjusted?.v).toBe(raw?.v);
  });
});

describe('refusals of the Alpaca sandbox', () => {
  it('need both keys', () => {
    for (const sent of [{}, { 'apca-api-key-id': 'any' }, { 'apca-api-secret-key': 'any' }]) {
      expect(create().handle({ url: url(''), headers: sent }).status).toBe(403);
    }
  });

  it.each([
    'symbols=',
    'symbols=a b',
    'symbols=BTC/USD',
    'timeframe=2Min',
    'start=yesterday',
    'start=2026-02-30T25:00:00Z',
    'start=2026-11-03&end=2026-11-02',
    'limit=0',
    'limit=10001',
    'sort=up',
    'adjustment=some',
    'feed=none',
    'page_token=nonsense',
  ])('come for %s with status 400', (query) => {
    const params = new URLSearchParams('symbols=IBM&timeframe=1Day');
    for (const [name, value] of new URLSearchParams(query)) params.set(name, value);
    const { status, body } = create().handle({ url: `/v2/stocks/bars?${params}`, headers });
    expect([status, typeof JSON.parse(body).message]).toEqual([400, 'string']);
  });

  it.each(ALPACA_REFUSALS)('have a symbol of their own for %s, and can be queued', (refusal) => {
    const sandbox = create();
    const symbol = reservedAlpacaSymbol(refusal);
    const reserved = sandbox.handle({ url: `/v2/stocks/bars?symbols=${symbol}&timeframe=1Day`, headers });
    sandbox.refuseNext(refusal);
    const queued = sandbox.handle({ url: url('start=2026-11-10'), headers });
    expect(queued.status).toBe(reserved.status);
    expect(queued.body.replaceAll('"IBM"', 'X').length).toBeGreaterThan(1);
    expect(ask('start=2026-11-10', sandbox).bars.IBM?.length).toBeGreaterThan(0);
  });

  it('count 200 a minute and say when it is over', () => {
    let now = NOW;
    const sandbox = create({ now: () => now, quota: { perMinute: 200 } });
    const statuses = (times: number): number[] =>
      Array.from({ length: times }, () => sandbox.handle({ url: url('start=2026-11-19'), headers }).status);
    expect(new Set(statuses(200))).toEqual(new Set([200]));
    const refused = sandbox.handle({ url: url(''), headers });
    expect([refused.status, refused.headers['x-ratelimit-reset']]).toEqual([429, String(NOW / 1000 + 60)]);
    now += 60_000;
    expect(statuses(1)).toEqual([200]);
  });

  it('are recorded without the keys, and forgotten by a reset', () => {
    const sandbox = create();
    sandbox.handle({ url: url('limit=1'), headers: { ...headers, 'apca-api-secret-key': 'SECRET' } });
    expect(sandbox.requests).toMatchObject([{ at: NOW, path: '/v2/stocks/bars', params: { limit: '1' } }]);
    expect(JSON.stringify(sandbox.requests)).not.toContain('SECRET');
    sandbox.refuseNext('http500');
    sandbox.reset();
    expect(sandbox.requests).toEqual([]);
    expect(sandbox.handle({ url: url('start=2026-11-19'), headers }).status).toBe(200);
  });

  it('come for settings that make no sense at once', () => {
    expect(() => create({ latencyMs: -1 })).toThrow(RangeError);
    expect(() => create({ quota: { perMinute: 0 } })).toThrow(RangeError);
    expect(() => create().refuseNext('http500', 0)).toThrow(RangeError);
  });
});

it('serves over HTTP at the paths of the vendor', async () => {
  const server = await startSandboxServer(create());
  try {
    const answer = await fetch(`${server.url}${url('start=2026-11-19')}`, { headers });
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([200, ['bars', 'next_page_token']]);
    expect((await fetch(`${server.url}/v2/else`, { headers })).status).toBe(404);
  } finally {
    await server.close();
  }
});
