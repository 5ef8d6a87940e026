import { FakeWorkQueue, VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import type { JobRequest } from './job.ts';
import { JobBoard, type JobBoardDependencies } from './job-board.ts';
import { missingByMemory } from './missing-history.ts';

const request: JobRequest = { symbols: ['aapl', 'SPY'], interval: '5min', from: '2023-01-15', to: '2023-03' };

function board(more: Partial<JobBoardDependencies> = {}) {
  const clock = new VirtualClock();
  const queue = new FakeWorkQueue({ clock });
  const finished = new Map<string, Map<string, number>>();
  const memory = { finishedMonths: (series: string) => finished.get(series) ?? new Map<string, number>() };
  const scope = { source: 'vendor', database: 'db', prioritySymbols: ['SPY'] };
  const missing = missingByMemory(memory, scope);
  const jobs = new JobBoard({ queue, missing, clock, scope, maxAttempts: 3, ...more });
  return { jobs, queue, clock, finished };
}

/** Months that are finished. */
const months = (...names: string[]) => new Map(names.map((name) => [name, 1]));

const failure = { kind: 'externalApi', reason: 'outage', message: 'away' };

/** Ends the next items, in the order of the queue. */
async function work(queue: FakeWorkQueue, ends: readonly ('complete' | 'fail')[]): Promise<void> {
  for (const end of ends) {
    const claimed = await queue.claim({ leaseMs: 60_000 });
    if (claimed === undefined) throw new Error('there is nothing to work on');
    if (end === 'complete') await queue.complete(claimed);
    else await queue.fail(claimed, { failure, retryable: false });
  }
}

describe('the plan of a job', () => {
  it('has one item a symbol and month, oldest month and priority symbols first', async () => {
    const { jobs } = board();
    const { id, known, items, finished } = await jobs.plan(request);
    expect([id, known, finished]).toEqual(['AAPL+1_2023-01-15', false, 0]);
    expect(items.map(({ symbol, month }) => `${month} ${symbol}`)).toEqual([
      ...['2023-01 SPY', '2023-01 AAPL', '2023-02 SPY', '2023-02 AAPL', '2023-03 SPY', '2023-03 AAPL'],
    ]);
    expect(items[0]).toMatchObject({ interval: '5min', adjustments: ['raw'], tier: 'T1', source: 'vendor' });
  });

  it('asks for both kinds of prices within one item, and only for what is missing', async () => {
    const { jobs, finished } = board();
    finished.set('db vendor AAPL 5min raw', months('2023-01', '2023-02'));
    finished.set('db vendor AAPL 5min adjusted', months('2023-02'));
    const plan = await jobs.plan({ ...request, symbols: ['AAPL'], adjustments: ['adjusted', 'raw'] });
    expect(plan.finished).toBe(3);
    expect(plan.items.map(({ month, adjustments }) => [month, adjustments])).toEqual([
      ['2023-01', ['adjusted']],
      ['2023-03', ['raw', 'adjusted']],
    ]);
  });

  it('has one item a symbol for bars that come with all of their history', async () => {
    const { jobs } = board();
    const { items } = await jobs.plan({ ...request, interval: 'daily' });
    expect(items.map(({ symbol, month }) => [symbol, month])).toEqual([
      ['SPY', undefined],
      ['AAPL', undefined],
    ]);
  });

  it.each([
    [{ symbols: ['no good'] }, 'invalidSymbol'],
    [{ interval: '7min' }, 'invalidInterval'],
    [{ from: '2023-02-31' }, 'invalidMonth'],
    [{ from: '2023-13' }, 'invalidMonth'],
    [{ from: '2023-04' }, 'invalidMonth'],
    [{ to: 'tomorrow' }, 'invalidMonth'],
  ])('refuses %j as %s', async (wrong, reason) => {
    await expect(board().jobs.plan({ ...request, ...wrong })).rejects.toMatchObject({ kind: 'configuration', reason });
  });

  it('finds the job of the same request, and names another request of that name apart', async () => {
    const { jobs } = board();
    const first = await jobs.plan(request);
    await jobs.create(first);
    expect(await jobs.plan(request)).toMatchObject({ id: first.id, known: true });
    expect(await jobs.plan({ ...request, tier: 'T0' })).toMatchObject({ id: `${first.id}_2`, known: false });
  });

  it('has nothing to do once its job has all months, and is a new job where one was cancelled', async () => {
    const { jobs, queue } = board();
    const first = await jobs.plan(request);
    await jobs.create(first);
    await work(queue, ['complete', 'complete', 'complete', 'complete', 'complete']);
    expect(await jobs.plan(request)).toMatchObject({ id: first.id, known: true });
    await jobs.cancel(first.id);
    expect(await jobs.plan(request)).toMatchObject({ id: `${first.id}_2`, known: false, items: { length: 6 } });
    const second = board();
    await second.jobs.create(await second.jobs.plan(request));
    await work(
      second.queue,
      Array.from({ length: 6 }, () => 'complete' as const),
    );
    for (const symbol of ['AAPL', 'SPY']) {
      second.finished.set(`db vendor ${symbol} 5min raw`, months('2023-01', '2023-02', '2023-03'));
    }
    expect(await second.jobs.plan(request)).toMatchObject({ known: true, items: [], finished: 6 });
  });
});

describe('jobs on the board', () => {
  it('go before others by their tier, whatever was made first', async () => {
    const { jobs, queue } = board();
    for (const tier of ['T2', 'T1', 'T0'] as const) {
      await jobs.create(await jobs.plan({ ...request, symbols: [tier], to: '2023-01', tier }));
    }
    const order = [];
    for (let claim = 0; claim < 3; claim++) order.push((await queue.claim({ leaseMs: 1000 }))?.group);
    expect(order).toEqual(['T0_2023-01-15', 'T1_2023-01-15', 'T2_2023-01-15']);
  });

  it('are refused beyond the cap of their tier, and others are not', async () => {
    const { jobs, queue } = board({ caps: { T0: 6, T1: 9, T2: 9 } });
    await jobs.create(await jobs.plan({ ...request, tier: 'T0' }));
    const more = await jobs.plan({ ...request, symbols: ['IBM'], tier: 'T0' });
    await expect(jobs.create(more)).rejects.toMatchObject({ kind: 'configuration', reason: 'backlogFull' });
    await jobs.create(await jobs.plan({ ...request, tier: 'T1' }));
    // The same again adds nothing, so it is within the cap.
    await jobs.create(await jobs.plan({ ...request, tier: 'T0' }));
    await work(queue, ['complete', 'complete', 'complete']);
    await jobs.create(more);
    expect((await queue.counts(more.id)).pending).toBe(3);
  });

  it('say how they and their symbols are', async () => {
    const { jobs, queue, clock } = board();
    const { id } = await jobs.plan(request);
    await jobs.create(await jobs.plan(request));
    expect((await jobs.list()).map((job) => [job.id, job.state])).toEqual([[id, 'pending']]);
    await work(queue, ['complete', 'fail']);
    expect(await jobs.show(id)).toMatchObject({
      ...{ id, interval: '5min', tier: 'T1', createdAt: clock.now(), state: 'inProgress' },
      items: { pending: 4, inProgress: 0, completed: 1, failed: 1, cancelled: 0 },
      symbols: [
        { symbol: 'SPY', items: { completed: 1, pending: 2 } },
        { symbol: 'AAPL', items: { failed: 1, pending: 2 } },
      ],
    });
    await work(queue, ['complete', 'complete', 'complete', 'complete']);
    expect((await jobs.progress(id)).state).toBe('failed');
    await expect(jobs.show('another')).rejects.toMatchObject({ kind: 'configuration', reason: 'unknownJob' });
  });

  it('are cancelled where they have not ended', async () => {
    const { jobs, queue } = board();
    const plan = await jobs.plan(request);
    await jobs.create(plan);
    await work(queue, ['complete']);
    expect([await jobs.cancel(plan.id), (await jobs.progress(plan.id)).state]).toEqual([5, 'cancelled']);
    await expect(jobs.cancel('another')).rejects.toMatchObject({ reason: 'unknownJob' });
  });
});

describe('dead letters', () => {
  it('are listed, requeued and purged: one, of a job, or all', async () => {
    const { jobs, queue } = board();
    const [one, other] = [await jobs.plan(request), await jobs.plan({ ...request, symbols: ['IBM'] })];
    await jobs.create(one);
    await jobs.create(other);
    await work(
      queue,
      Array.from({ length: 9 }, () => 'fail' as const),
    );
    const letters = await jobs.deadLetters();
    expect(letters).toHaveLength(9);
    expect(letters[0]).toMatchObject({ id: `${one.id}/SPY/2023-01`, failure });
    expect(await jobs.requeue(`${one.id}/SPY/2023-01`)).toBe(1);
    expect(await jobs.purge(other.id)).toBe(3);
    expect(await jobs.requeue()).toBe(5);
    expect([await jobs.purge(), await jobs.deadLetters()]).toEqual([0, []]);
    for (const act of [jobs.requeue('nobody'), jobs.purge('nobody')]) {
      await expect(act).rejects.toMatchObject({ reason: 'unknownJob' });
    }
  });
});
