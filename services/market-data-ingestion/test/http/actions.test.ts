import { FakeCollector } from '@quantumtrade/core-testing';
import type { RawCorporateAction } from '@quantumtrade/shared-types';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, problemOf, readToken, startApi, writeToken } from './api.ts';

let rows: readonly RawCorporateAction[] = [
  { exDate: '2024-05-09', value: '1.670', paymentDate: '2024-06-10' },
  { exDate: '2024-02-08', value: '1.66' },
];
const api: Api = await startApi({ collector: new FakeCollector({ actions: () => rows }) });
afterAll(() => api.close());

const collect = (symbol: string, kind: unknown, token?: string): Promise<Answer> =>
  api.ask(`/api/v1/actions/${symbol}`, { method: 'POST', body: { kind }, ...(token && { token }) });

describe('corporate actions', () => {
  it('are collected, and read as they are, as of an instant and version by version', async () => {
    const { status, json } = await collect('ibm', 'dividend', writeToken);
    expect(status).toBe(200);
    expect(json).toMatchObject({ symbol: 'IBM', kind: 'dividend', source: 'fake', collected: 2, stored: 2 });
    const then = new Date(api.clock.now()).toISOString();
    await api.clock.advance(1000);
    rows = [{ exDate: '2024-05-09', value: '1.68' }, ...rows.slice(1), { exDate: 'soon', value: '9' }];
    expect((await collect('IBM', 'dividend', writeToken)).json).toMatchObject({ stored: 1, quarantined: 1 });
    const values = async (query: string): Promise<unknown[]> =>
      (await api.ask(`/api/v1/actions/IBM?${query}`)).json.items.map(({ value }) => value);
    expect(await values('')).toEqual(['1.66', '1.68']);
    expect(await values(`asOf=${then}`)).toEqual(['1.66', '1.67']);
    expect(await values('allVersions=true')).toEqual(['1.66', '1.67', '1.68']);
    expect(await values('from=2024-03-01&to=2024-12-31&kind=dividend&source=fake')).toEqual(['1.68']);
    expect(await values('kind=split')).toEqual([]);
    expect((await api.ask('/api/v1/rejected-actions?symbol=IBM')).json.items).toMatchObject([
      { symbol: 'IBM', kind: 'dividend', values: { exDate: 'soon', value: '9' }, brokenRules: ['malformed_date'] },
    ]);
  });

  it('come page by page', async () => {
    const { json } = await api.ask('/api/v1/actions/IBM?limit=1');
    expect(json.items).toMatchObject([{ exDate: '2024-02-08' }]);
    const next = await api.ask(`/api/v1/actions/IBM?limit=1&cursor=${String(json.nextCursor)}`);
    expect(next.json).toMatchObject({ items: [{ exDate: '2024-05-09' }], nextCursor: null });
  });

  it('are collected by those alone who may change something', async () => {
    expect(problemOf(await collect('IBM', 'dividend'))).toMatchObject({ reason: 'tokenMissing' });
    expect((await collect('IBM', 'dividend', readToken)).status).toBe(401);
  });

  it('are refused where the request makes no sense', async () => {
    for (const [symbol, kind, reason] of [
      ['IBM', 'merger', undefined],
      ['I%20BM', 'split', 'invalidSymbol'],
    ] as const) {
      const answer = await collect(symbol, kind, writeToken);
      expect(answer.status).toBe(400);
      if (reason !== undefined) expect(problemOf(answer)).toMatchObject({ reason });
    }
    for (const query of ['from=May', 'asOf=May', 'limit=0', 'more=1']) {
      expect((await api.ask(`/api/v1/actions/IBM?${query}`)).status).toBe(400);
    }
  });
});
