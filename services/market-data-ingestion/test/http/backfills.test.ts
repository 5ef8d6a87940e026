import { FakeWorkQueue } from '@quantumtrade/core-testing';
import { afterEach, describe, expect, it } from 'vitest';
import { JobBoard } from '../../src/jobs/job-board.ts';
import { missingByMemory } from '../../src/jobs/missing-history.ts';
import { type Answer, type Api, problemOf, startApi, writeToken } from './api.ts';

const opened: Api[] = [];
const scope = { source: 'fake', database: 'db', prioritySymbols: [] };

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

interface Subject extends Api {
  readonly queue: FakeWorkQueue;
  post(path: string, body: unknown): Promise<Answer>;
  /** Ends the next item, well or for good. */
  end(how: 'complete' | 'fail'): Promise<void>;
}

/** An interface whose jobs wait in a queue that nobody works on. */
async function subject(): Promise<Subject> {
  let board: JobBoard | undefined;
  const api = await startApi({ parts: { board: () => board } });
  opened.push(api);
  const { clock } = api;
  const queue = new FakeWorkQueue({ clock });
  board = new JobBoard({
    queue,
    missing: missingByMemory({ finishedMonths: () => new Map() }, scope),
    clock,
    scope,
    maxAttempts: 1,
  });
  const failure = { kind: 'externalApi', reason: 'outage', message: 'away' };
  return {
    ...api,
    queue,
    post: (path, body) => api.ask(path, { method: 'POST', token: writeToken, body }),
    end: async (how) => {
      const work = await queue.claim({ leaseMs: 60_000 });
      if (work === undefined) throw new Error('nothing waits');
      await (how === 'complete' ? queue.complete(work) : queue.fail(work, { failure, retryable: false }));
    },
  };
}

const months = { symbols: ['ibm', 'BTC/USD'], interval: '5min', from: '2023-01', to: '2023-01' };

describe('a backfill', () => {
  it('is made, looked at by symbol and listed; asked for again it is the same one', async () => {
    const api = await subject();
    const made = await api.post('/api/v1/backfills', months);
    expect(made).toMatchObject({ status: 202, json: { state: 'pending', pending: 2, tier: 'T1', interval: '5min' } });
    const address = made.headers.location ?? '';
    expect((await api.ask(address)).json).toEqual(made.json);
    expect(made.json.symbols).toEqual([
      expect.objectContaining({ symbol: 'IBM', pending: 1 }),
      expect.objectContaining({ symbol: 'BTC/USD', pending: 1 }),
    ]);
    expect((await api.post('/api/v1/backfills', months)).headers.location).toBe(address);
    const { symbols: _, ...summary } = made.json;
    expect((await api.ask('/api/v1/jobs')).json).toEqual({ items: [summary], nextCursor: null });
  });

  it('is planned without being made', async () => {
    const api = await subject();
    const planned = await api.post('/api/v1/backfill-plans', { ...months, tier: 'T0' });
    const parts = ['IBM', 'BTC/USD'].map((symbol) => ({ symbol, month: '2023-01', adjustments: ['raw'] }));
    expect([planned.status, planned.json]).toEqual([
      200,
      { job: 'IBM+1_2023-01-01', known: false, complete: 0, calls: 2, order: parts },
    ]);
    expect((await api.ask('/api/v1/jobs')).json.items).toEqual([]);
  });

  it('that has nothing left to gather is no job', async () => {
    const api = await subject();
    const none = await startApi({
      parts: {
        board: () =>
          new JobBoard({
            queue: api.queue,
            missing: missingByMemory({ finishedMonths: () => new Map([['2023-01', 1]]) }, scope),
            clock: api.clock,
            scope,
            maxAttempts: 1,
          }),
      },
    });
    opened.push(none);
    const body = { ...months, symbols: ['NEW'] };
    const answer = await none.ask('/api/v1/backfills', { method: 'POST', token: writeToken, body });
    expect([answer.status, answer.json]).toEqual([200, { job: null, complete: 1 }]);
  });

  it('is followed to its end; who had all of it is told that there is no more', async () => {
    const api = await subject();
    const { headers } = await api.post('/api/v1/backfills', months);
    const events = `${headers.location}/events`;
    const following = api.ask(events);
    for (const how of ['complete', 'fail'] as const) {
      await expect.poll(() => api.clock.sleepers).toBeGreaterThan(0);
      await api.end(how);
      await api.clock.advance(500);
    }
    const told = [...(await following).text.matchAll(/^id: (\d+)\nevent: state\ndata: (.*)$/gm)];
    expect(told.map(([, id, data = '']) => [id, JSON.parse(data).state])).toEqual([
      ['0', 'pending'],
      ['1', 'inProgress'],
      ['2', 'failed'],
    ]);
    expect((await api.ask(events, { headers: { 'last-event-id': '2' } })).status).toBe(204);
    expect((await api.ask(events, { headers: { 'last-event-id': '1' } })).text).toContain('"state":"failed"');
  });

  it('is cancelled: what had ended stays', async () => {
    const api = await subject();
    const { headers } = await api.post('/api/v1/backfills', months);
    await api.end('complete');
    const cancelled = await api.ask(headers.location ?? '', { method: 'DELETE', token: writeToken });
    expect(cancelled).toMatchObject({ status: 202, json: { state: 'cancelled', completed: 1, cancelled: 1 } });
  });

  it('that breaks the rules or is not there is refused', async () => {
    const api = await subject();
    const wrong: readonly (readonly [body: unknown, reason: string])[] = [
      [{ ...months, symbols: [] }, 'invalidParameter'],
      [{ ...months, symbols: ['../x'] }, 'invalidSymbol'],
      [{ ...months, from: 'long ago' }, 'invalidMonth'],
      [{ ...months, tier: 'T9' }, 'invalidParameter'],
      [{ ...months, more: 1 }, 'invalidParameter'],
    ];
    for (const [body, reason] of wrong) {
      expect([body, problemOf(await api.post('/api/v1/backfills', body))]).toMatchObject([
        body,
        { reason, status: 400 },
      ]);
    }
    for (const [method, path] of [
      ['GET', '/api/v1/backfills/NEVER'],
      ['DELETE', '/api/v1/backfills/NEVER'],
      ['GET', '/api/v1/backfills/NEVER/events'],
    ] as const) {
      const problem = problemOf(await api.ask(path, { method, token: writeToken }));
      expect([path, problem]).toMatchObject([path, { reason: 'unknownJob', status: 404 }]);
    }
  });

  it('is not taken any more while the service stops, and not before its queue is open', async () => {
    const api = await subject();
    api.jobs.stopIntake();
    expect(problemOf(await api.post('/api/v1/backfills', months))).toMatchObject({ reason: 'stopping', status: 503 });
    const early = await startApi({ parts: { board: () => undefined } });
    opened.push(early);
    expect(problemOf(await early.ask('/api/v1/jobs'))).toMatchObject({ reason: 'stopping', status: 503 });
  });
});

describe('dead letters', () => {
  it('come page by page, and what is forgotten meanwhile hides none of the rest', async () => {
    const api = await subject();
    await api.post('/api/v1/backfills', { ...months, symbols: ['A', 'B', 'C'] });
    for (let at = 0; at < 3; at += 1) await api.end('fail');
    const first = (await api.ask('/api/v1/dead-letters?limit=1')).json;
    await api.post('/api/v1/dead-letters/purge', { id: first.items[0]?.item });
    const rest = (await api.ask(`/api/v1/dead-letters?cursor=${String(first.nextCursor)}`)).json;
    expect([...first.items, ...rest.items].map(({ item }) => String(item).split('/')[1])).toEqual(['A', 'B', 'C']);
    expect(rest.nextCursor).toBe(null);
  });

  it('are listed with their reason, tried again, and forgotten: one or all', async () => {
    const api = await subject();
    const { json } = await api.post('/api/v1/backfills', { ...months, symbols: ['A', 'B', 'C'] });
    for (let at = 0; at < 3; at += 1) await api.end('fail');
    const letters = async () => (await api.ask('/api/v1/dead-letters')).json.items;
    const [first, ...others] = await letters();
    expect(first).toMatchObject({ job: json.job, attempts: 1, kind: 'externalApi', reason: 'outage', message: 'away' });
    expect(others).toHaveLength(2);
    expect((await api.post('/api/v1/dead-letters/requeue', { id: first?.item })).json).toEqual({ items: 1 });
    expect(await letters()).toHaveLength(2);
    expect((await api.post('/api/v1/dead-letters/purge', { id: others[0]?.item })).json).toEqual({ items: 1 });
    expect((await api.post('/api/v1/dead-letters/purge', {})).json).toEqual({ items: 1 });
    expect(await letters()).toEqual([]);
    const unknown = await api.post('/api/v1/dead-letters/purge', { id: 'NEVER' });
    expect(problemOf(unknown)).toMatchObject({ reason: 'unknownJob', status: 404 });
  });
});
