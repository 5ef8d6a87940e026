import { ServiceError } from '@quantumtrade/core-traits';
import { afterAll, describe, expect, it } from 'vitest';
import { barSchema } from '../../src/http/schemas/bars.ts';
import { type Api, problemOf, startApi, storeDays, writeToken } from './api.ts';

const secret = new ServiceError({ kind: 'externalApi', api: 'fake', message: 'refused apikey=the-vendor-key' });
const api: Api = await startApi({
  parts: {
    metricsText: async () => '# HELP up\nup 1\n',
    quota: async () => undefined,
    sections: [
      { name: 'schedule', health: () => ({ next: 'soon' }) },
      {
        name: 'broken',
        health: () => {
          throw new TypeError('of no use');
        },
      },
    ],
  },
});
await storeDays(api, 5);
afterAll(() => api.close());

const closes = async (path: string): Promise<unknown> => (await api.ask(path)).json.items.map(({ close }) => close);

describe('probes', () => {
  it('say what this is, that it lives and that it is ready', async () => {
    expect((await api.ask('/')).json).toMatchObject({ name: 'ingestion', source: 'fake', documentation: '/docs' });
    expect((await api.ask('/live')).json).toEqual({ live: true });
    expect(await api.ask('/ready')).toMatchObject({ status: 200, json: { ready: true } });
  });

  it('report health with what works in the background; a part that cannot say is no failure', async () => {
    const { status, json } = await api.ask('/health');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'healthy',
      schedule: { next: 'soon' },
      broken: { error: 'TypeError' },
      timestamp: expect.stringMatching(/Z$/),
    });
  });

  it('give the metrics as text', async () => {
    const { headers, text } = await api.ask('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('up 1');
  });
});

describe('bars', () => {
  it('have exactly the fields of their schema', async () => {
    const [bar = {}] = (await api.ask('/api/v1/bars/IBM?interval=daily&limit=1')).json.items;
    expect(Object.keys(bar)).toEqual(Object.keys(barSchema.examples[0] as object));
  });

  it('come oldest first, as the command line prints them', async () => {
    const { status, json } = await api.ask('/api/v1/bars/ibm?interval=daily&limit=1');
    expect(status).toBe(200);
    expect(json.items).toEqual([
      expect.objectContaining({
        symbol: 'IBM',
        source: 'fake',
        openTime: '2024-01-02T05:00:00.000Z',
        close: '100.5',
        volume: null,
      }),
    ]);
  });

  it('come page by page, each once', async () => {
    const seen: unknown[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page += 1) {
      expect(page).toBeLessThan(4);
      const { json } = await api.ask(
        `/api/v1/bars/IBM?interval=daily&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...json.items.map(({ close }) => close));
      cursor = json.nextCursor as string | null;
    }
    expect(seen).toEqual(['100.5', '101.5', '102.5', '103.5', '104.5']);
  });

  it('are limited to a range and to an instant', async () => {
    const path = '/api/v1/bars/IBM?interval=daily';
    expect(await closes(`${path}&from=2024-01-03&to=2024-01-04T12:00:00Z`)).toEqual(['101.5', '102.5']);
    expect(await closes(`${path}&asOf=2024-02-01`)).toEqual([]);
  });

  it('of an unknown symbol are none, and that is no mistake', async () => {
    expect(await api.ask('/api/v1/bars/NEVER?interval=daily')).toMatchObject({
      status: 200,
      json: { items: [], nextCursor: null },
    });
    expect(await api.ask('/api/v1/bars/NEVER/latest?interval=daily')).toMatchObject({
      status: 200,
      json: { bar: null },
    });
  });

  it('have versions, each with what is known of it', async () => {
    const path = '/api/v1/bars/IBM/history?interval=daily';
    const { json } = await api.ask(`${path}&at=2024-01-02`);
    expect(json.items).toEqual([
      expect.objectContaining({ close: '100.5', batchId: 'days-of-IBM', brokenRules: [], lastRefreshed: null }),
    ]);
    expect((await api.ask(`${path}&at=1999-01-02`)).json).toEqual({ items: [], nextCursor: null });
    const minutes = await api.ask('/api/v1/bars/IBM/history?interval=5min&at=2024-01-02');
    expect(problemOf(minutes)).toMatchObject({ reason: 'invalidOption', status: 400 });
  });

  it('of a pair are named with an encoded slash', async () => {
    await storeDays(api, 1, 'BTC/USD');
    expect(await closes('/api/v1/bars/BTC%2FUSD?interval=daily')).toEqual(['100.5']);
  });

  it('have a newest one, whose tag spares its being sent again until it changes', async () => {
    const path = '/api/v1/bars/IBM/latest?interval=daily';
    const { headers, json } = await api.ask(path);
    expect(json).toMatchObject({ bar: { close: '104.5' } });
    const { etag = '' } = headers;
    const again = await api.ask(path, { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    expect((await api.ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    await storeDays(api, 1, 'NEXT');
    await api.service.collectSymbolData('NEXT', 'daily');
    const next = await api.ask('/api/v1/bars/NEXT/latest?interval=daily', { headers: { 'if-none-match': etag } });
    expect(next.status).toBe(200);
  });

  it.each([
    ['interval=hourly', 'invalidParameter'],
    ['', 'invalidParameter'],
    ['interval=daily&limit=0', 'invalidParameter'],
    ['interval=daily&limit=10001', 'invalidParameter'],
    ['interval=daily&limit=x', 'invalidParameter'],
    ['interval=daily&from=yesterday', 'invalidOption'],
    ['interval=daily&to=12:30', 'invalidOption'],
    ['interval=daily&asOf=T00:00Z', 'invalidOption'],
    ['interval=daily&cursor=abc', 'invalidCursor'],
    ['interval=daily&unknown=1', 'invalidParameter'],
    ['interval=daily&source=../x', 'invalidParameter'],
    ['interval=daily&interval=weekly', 'invalidParameter'],
  ])('asked for with %j are refused as a mistake of the client', async (query, reason) => {
    expect(problemOf(await api.ask(`/api/v1/bars/IBM?${query}`))).toEqual({
      kind: 'configuration',
      reason,
      status: 400,
    });
  });
});

describe('records', () => {
  it('list collections newest first, page by page', async () => {
    for (const symbol of ['ONE', 'TWO', 'SIX']) {
      await api.clock.advance(1000);
      await api.service.collectSymbolData(symbol, 'daily');
    }
    await api.clock.advance(0);
    const first = await api.ask('/api/v1/batches?limit=2');
    expect(first.json.items.map(({ symbol }) => symbol)).toEqual(['SIX', 'TWO']);
    // What comes meanwhile does not shift the rest.
    await api.clock.advance(1000);
    await api.service.collectSymbolData('TEN', 'daily');
    const second = await api.ask(`/api/v1/batches?limit=1&cursor=${first.json.nextCursor}`);
    expect(second.json.items.map(({ symbol, outcome }) => [symbol, outcome])).toEqual([['ONE', 'stored']]);
    expect((await api.ask('/api/v1/batches?symbol=ONE')).json).toMatchObject({ items: [{}], nextCursor: null });
    expect((await api.ask('/api/v1/batches?symbol=NEVER')).json).toEqual({ items: [], nextCursor: null });
  });

  it('list rejected rows in the words of the vendor', async () => {
    await api.service.collectSymbolData('ODD', 'daily');
    const { json } = await api.ask('/api/v1/quarantine?symbol=ibm');
    expect(json.items).toEqual([
      expect.objectContaining({ symbol: 'IBM', label: '2024-01-05', close: '1', brokenRules: ['high_below_low'] }),
    ]);
  });

  it('list rejected rows and failures page by page, each once, whatever comes meanwhile', async () => {
    const rows = Array.from({ length: 5 }, (_, at) => ({
      label: `${'the same beginning of a long label '.repeat(20)}${at}`,
      values: { open: String(at) },
      qualityScore: 0,
      brokenRules: ['unreadable'],
    }));
    const series = { symbol: 'PAGES', interval: 'daily', source: 'fake', adjustment: 'raw' } as const;
    await api.store.insertQuarantine(series, rows, { batchId: 'pages', acceptedAt: 1 });
    const error = new ServiceError({ kind: 'system', message: 'x' });
    const fail = (attempt: number): void =>
      api.errors.add(error, {
        operation: 'fetch',
        attempt,
        service: 'x',
        timestamp: api.clock.now(),
        metadata: { symbol: 'PAGES' },
      });
    for (let attempt = 1; attempt <= 5; attempt += 1) fail(attempt);
    const walked = async (list: string, field: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let cursor: unknown = ''; cursor !== null && seen.length < 9; ) {
        const more = cursor === '' ? '' : `&cursor=${String(cursor)}`;
        const { json } = await api.ask(`/api/v1/${list}?symbol=PAGES&limit=2${more}`);
        seen.push(...json.items.map((item) => item[field]));
        cursor = json.nextCursor;
        fail(100);
      }
      return seen;
    };
    expect((await walked('quarantine', 'open')).sort()).toEqual(['0', '1', '2', '3', '4']);
    expect(await walked('errors', 'attempt')).toEqual([100, 100, 100, 5, 4, 3, 2, 1]);
  });

  it('list the failures of the last day without secrets', async () => {
    const context = { operation: 'fetch', attempt: 2, service: 'x', metadata: { symbol: 'IBM', interval: 'daily' } };
    const now = api.clock.now();
    api.errors.add(secret, { ...context, timestamp: now - 86_400_001 });
    api.errors.add(secret, { ...context, timestamp: now - 1000 });
    const { json, text } = await api.ask('/api/v1/errors?symbol=IBM');
    expect(json.items).toEqual([
      expect.objectContaining({ operation: 'fetch', attempt: 2, symbol: 'IBM', message: 'refused apikey=[redacted]' }),
    ]);
    expect(text).not.toContain('the-vendor-key');
  });

  it('say what is left of the quota', async () => {
    expect((await api.ask('/api/v1/quota')).json).toMatchObject({ limited: false, windows: [] });
  });

  it('refuse a cursor that they did not give', async () => {
    const forged = [['bars', 1], ['batches', 1], ['batches', 1e300, ''], ['errors', '1'], ['errors', 1, 2], {}, 7];
    const texts = ['djI6MQ', '%7B', ...forged.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'))];
    for (const path of ['batches', 'quarantine', 'errors']) {
      for (const cursor of texts) {
        const answer = await api.ask(`/api/v1/${path}?cursor=${cursor}`);
        expect([path, cursor, problemOf(answer)]).toMatchObject([path, cursor, { reason: 'invalidCursor' }]);
      }
    }
  });
});

it('a failure of the store is a problem of its own kind, and says nothing of the inside', async () => {
  const broken = await startApi();
  broken.store.failWith(new ServiceError({ kind: 'database', reason: 'unavailable', message: 'away: the-vendor-key' }));
  const answer = await broken.ask('/api/v1/bars/IBM?interval=daily');
  expect(problemOf(answer)).toEqual({ kind: 'database', reason: 'unavailable', status: 503 });
  expect(answer.text).not.toContain('the-vendor-key');
  await broken.close();
});

it('an address that is not there is not found, whatever the method', async () => {
  expect(problemOf(await api.ask('/api/v2/bars'))).toMatchObject({ reason: 'notFound', status: 404 });
  const answer = await api.ask('/api/v1/quota', { method: 'PUT', token: writeToken });
  expect(problemOf(answer)).toMatchObject({ reason: 'notFound', status: 404 });
});
