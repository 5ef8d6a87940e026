import { ServiceError } from '@quantumtrade/core-traits';
import { afterEach, describe, expect, it } from 'vitest';
import { payload } from '../service/service-with-doubles.ts';
import { type Answer, type Api, type ApiOptions, problemOf, startApi, writeToken } from './api.ts';

const opened: Api[] = [];

async function api(options: ApiOptions = {}): Promise<Api> {
  const started = await startApi(options);
  opened.push(started);
  return started;
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const post = (to: Api, body: unknown): Promise<Answer> =>
  to.ask('/api/v1/collections', { method: 'POST', token: writeToken, body });

/** Waits for a job to end by reading its events, and gives them. */
async function followed(to: Api, id: unknown, lastEventId?: string): Promise<{ event?: string; data?: unknown }[]> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const { text } = await to.ask(`/api/v1/collections/${String(id)}/events`, { headers });
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      return { event: fields.event, data: JSON.parse(fields.data) };
    });
}

/** A vendor that answers when it is let. */
function gate(): { readonly answers: () => Promise<typeof payload>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { answers: () => promise.then(() => payload), open: resolve };
}

describe('a collection', () => {
  it('is started, followed to its end and looked at', async () => {
    const subject = await api();
    const { status, headers, json } = await post(subject, { symbols: ['ibm', 'IBM', 'AAPL'], interval: 'daily' });
    expect(status).toBe(202);
    expect(headers.location).toBe(`/api/v1/collections/${json.id}`);
    expect(json).toMatchObject({ symbols: ['IBM', 'AAPL'], interval: 'daily', error: null });
    const events = await followed(subject, json.id);
    expect(events.at(-1)).toMatchObject({ event: 'state', data: { state: 'succeeded' } });
    expect(events.filter(({ event }) => event === 'outcome')).toHaveLength(2);
    expect((await subject.ask(headers.location ?? '')).json).toMatchObject({
      state: 'succeeded',
      results: [
        { symbol: 'IBM', collected: 5, stored: 3, duplicates: 1, quarantined: 1, spooled: 0, error: null },
        { symbol: 'AAPL', collected: 5 },
      ],
    });
  });

  it('may choose hours and entitlement, as they are documented', async () => {
    const subject = await api();
    const chosen = { month: '2024-01', extendedHours: false, entitlement: 'delayed' };
    const { json } = await post(subject, { symbols: ['IBM'], interval: '5min', ...chosen });
    await followed(subject, json.id);
    expect(subject.collector.requests).toMatchObject([{ symbol: 'IBM', interval: '5min', ...chosen }]);
    for (const wrong of [{ extendedHours: 'maybe' }, { entitlement: 'all' }]) {
      expect((await post(subject, { symbols: ['IBM'], interval: '5min', ...wrong })).status).toBe(400);
    }
    expect((await post(subject, { symbols: ['IBM'], interval: 'daily', extendedHours: true })).status).toBe(400);
  });

  it('tells a reader that comes back only what it has not had, and one that had all that there is no more', async () => {
    const subject = await api();
    const { json } = await post(subject, { symbols: ['IBM'], interval: 'daily' });
    const all = await followed(subject, json.id);
    expect(await followed(subject, json.id, '2')).toEqual(all.slice(2));
    const path = `/api/v1/collections/${String(json.id)}/events`;
    const { status } = await subject.ask(path, { headers: { 'last-event-id': String(all.length) } });
    expect(status).toBe(204);
  });

  it('is cancelled: what had ended stays, nothing more begins', async () => {
    const { answers, open } = gate();
    const subject = await api({ answers });
    const { json } = await post(subject, { symbols: ['A', 'B', 'C', 'D'], interval: 'daily' });
    const path = `/api/v1/collections/${String(json.id)}`;
    const cancelled = await subject.ask(path, { method: 'DELETE', token: writeToken });
    expect(cancelled.status).toBe(202);
    open();
    expect((await followed(subject, json.id)).at(-1)).toMatchObject({ data: { state: 'cancelled', results: [] } });
    expect(subject.collector.requests.length).toBeLessThan(4);
    expect((await subject.ask(path, { method: 'DELETE', token: writeToken })).json).toMatchObject({
      state: 'cancelled',
    });
  });

  it('ends as a failure or in part, with the reason of each series', async () => {
    const away = new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'outage', message: 'away' });
    const subject = await api({
      answers: ({ symbol }) => (symbol === 'IBM' ? payload : away),
      decide: () => ({ action: 'fail' }),
    });
    const part = await post(subject, { symbols: ['IBM', 'AAPL'], interval: 'daily' });
    expect((await followed(subject, part.json.id)).at(-1)).toMatchObject({ data: { state: 'partial' } });
    const none = await post(subject, { symbols: ['AAPL'], interval: 'daily' });
    expect((await followed(subject, none.json.id)).at(-1)).toMatchObject({
      data: { state: 'failed', results: [{ symbol: 'AAPL', error: { kind: 'externalApi', reason: 'outage' } }] },
    });
  });

  it('puts symbols of priority first, over all jobs only as many at once as configured', async () => {
    const { answers, open } = gate();
    const subject = await api({ answers });
    const first = await post(subject, { symbols: ['A', 'B', 'MSFT'], interval: 'daily' });
    const second = await post(subject, { symbols: ['C'], interval: 'daily' });
    expect((await subject.ask(`/api/v1/collections/${String(second.json.id)}`)).json).toMatchObject({
      state: 'queued',
    });
    expect(subject.collector.requests.map(({ symbol }) => symbol)).toEqual(['MSFT', 'A']);
    open();
    for (const { json } of [first, second]) await followed(subject, json.id);
    expect(subject.collector.requests).toHaveLength(4);
  });

  it('asked for in a wrong way is refused, and nothing is spent', async () => {
    const subject = await api();
    const wrong: readonly (readonly [body: unknown, reason: string])[] = [
      [{ symbols: [], interval: 'daily' }, 'invalidParameter'],
      [{ symbols: Array.from({ length: 101 }, (_, at) => `S${at}`), interval: 'daily' }, 'invalidParameter'],
      [{ symbols: ['../../etc/passwd'], interval: 'daily' }, 'invalidSymbol'],
      [{ symbols: ['IBM'], interval: 'hourly' }, 'invalidParameter'],
      [{ symbols: ['IBM'], interval: 'daily', month: '2024-01' }, 'invalidMonth'],
      [{ symbols: ['IBM'], interval: 'daily', more: 1 }, 'invalidParameter'],
      [{ symbols: ['IBM\u0000'], interval: 'daily' }, 'invalidSymbol'],
      [{ symbols: 'IBM', interval: 'daily' }, 'invalidParameter'],
      [{ symbols: ['IBM'], interval: 'daily', adjusted: 'true' }, 'invalidParameter'],
      ['{"symbols":["IBM"],', 'invalidBody'],
      ['{"__proto__":{"symbols":["IBM"]},"interval":"daily"}', 'invalidBody'],
      [undefined, 'invalidParameter'],
    ];
    for (const [body, reason] of wrong) {
      const problem = problemOf(await post(subject, body));
      expect([body, problem]).toEqual([body, { kind: 'configuration', reason, status: 400 }]);
    }
    expect(subject.collector.requests).toEqual([]);
  });

  it('that nobody remembers is not found', async () => {
    const subject = await api();
    const path = '/api/v1/collections/6f1c1b1e-0f9c-4b7e-9d3e-000000000000';
    for (const [method, address] of [
      ['GET', path],
      ['DELETE', path],
      ['GET', `${path}/events`],
    ] as const) {
      expect(problemOf(await subject.ask(address, { method, token: writeToken }))).toMatchObject({
        reason: 'notFound',
        status: 404,
      });
    }
    expect(problemOf(await subject.ask('/api/v1/collections/7'))).toMatchObject({ reason: 'invalidParameter' });
  });

  it('is not taken any more while the service stops, which is not ready then', async () => {
    const subject = await api();
    subject.jobs.stopIntake();
    expect(problemOf(await post(subject, { symbols: ['IBM'], interval: 'daily' }))).toEqual({
      kind: 'system',
      reason: 'stopping',
      status: 503,
    });
    expect((await subject.ask('/ready')).status).toBe(503);
    expect((await subject.ask('/live')).status).toBe(200);
  });
});
