import {
  FakeEventPublisher,
  FakeWorkQueue,
  RecordingMonitoring,
  ScriptedErrorHandler,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionResult } from '@quantumtrade/shared-types';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CollectionOptions } from '../collection/collection-request.ts';
import type { ItemOutcome } from './item-worker.ts';
import type { JobRequest } from './job.ts';
import { JobBoard } from './job-board.ts';
import { JobRunner, type JobRunnerDependencies } from './job-runner.ts';
import { missingByMemory } from './missing-history.ts';

const request: JobRequest = { symbols: ['AAPL'], interval: '5min', from: '2023-01', to: '2023-03' };
const minute = 60_000;

interface Call {
  readonly symbol: string;
  readonly options: CollectionOptions;
}

/** What the vendor does with a call; bars where it does nothing. */
type Answer = (call: Call) => Promise<Partial<CollectionResult> | undefined> | Partial<CollectionResult> | undefined;

function setting(answer: Answer = () => undefined, more: Partial<JobRunnerDependencies> = {}) {
  const clock = new VirtualClock();
  const queue = new FakeWorkQueue({ clock });
  const events = new FakeEventPublisher({ clock });
  const monitoring = new RecordingMonitoring();
  const months = new Map<string, Map<string, number>>();
  const memory = {
    finishedMonths: (series: string) => months.get(series) ?? new Map<string, number>(),
    finishMonth: (series: string, month: string, at: number) => {
      months.set(series, new Map([...(months.get(series) ?? []), [month, at]]));
    },
  };
  const calls: string[] = [];
  const outcomes: ItemOutcome[] = [];
  const service = {
    collectSymbolData: async (symbol: string, interval: string, options: CollectionOptions = {}) => {
      calls.push(
        [symbol, options.month ?? options.outputSize, options.adjusted === true ? 'adjusted' : 'raw'].join(' '),
      );
      const own = await answer({ symbol, options });
      return { symbol, interval, source: 'vendor', collectedCount: 10, ...own } as unknown as CollectionResult;
    },
  };
  const scope = { source: 'vendor', database: 'db', prioritySymbols: [] };
  const board = new JobBoard({ queue, missing: missingByMemory(memory, scope), clock, scope, maxAttempts: 3 });
  const dependencies: JobRunnerDependencies = {
    ...{ service, queue, memory, clock, monitoring, events, errorHandler: new ScriptedErrorHandler(), database: 'db' },
    ...{ leaseMs: 30_000, workers: 2, itemsPerSecond: 2 },
    onOutcome: (_, outcome) => outcomes.push(outcome),
    ...more,
  };
  const runner = new JobRunner(dependencies);
  onTestFinished(async () => {
    const giveUp = new AbortController();
    giveUp.abort(new Error('the test is over'));
    const stopping = runner.stop({ signal: giveUp.signal });
    await clock.advance(minute);
    await stopping;
  });
  const make = async (more_: Partial<JobRequest> = {}): Promise<string> => {
    const plan = await board.plan({ ...request, ...more_ });
    await board.create(plan);
    return plan.id;
  };
  return {
    service,
    clock,
    queue,
    events,
    monitoring,
    memory,
    months,
    calls,
    outcomes,
    board,
    runner,
    dependencies,
    make,
  };
}

function failWith(init: ConstructorParameters<typeof ServiceError>[0]): never {
  throw new ServiceError(init);
}

const failure = { kind: 'externalApi', reason: 'outage', message: 'the vendor is away' } as const;
const outage = { ...failure, api: 'vendor' } as const;

/** A call that lasts until its caller gives up. */
function hang({ options: { signal } }: Call): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

describe('a runner of jobs', () => {
  it('asks for every month once, oldest first, as history, and remembers the months', async () => {
    const { make, runner, clock, calls, board, months } = setting(({ options }) => {
      expect(options.priority).toBe('backfill');
      return undefined;
    });
    const id = await make();
    await runner.start();
    await clock.advance(5_000);
    expect(calls).toEqual(['AAPL 2023-01 raw', 'AAPL 2023-02 raw', 'AAPL 2023-03 raw']);
    expect((await board.progress(id)).state).toBe('completed');
    expect([...(months.get('db vendor AAPL 5min raw')?.keys() ?? [])]).toEqual(['2023-01', '2023-02', '2023-03']);
  });

  it('asks for all of the history of bars that are not intraday', async () => {
    const { make, runner, clock, calls } = setting();
    await make({ interval: 'daily', adjustments: ['raw', 'adjusted'] });
    await runner.start();
    await clock.advance(2_000);
    expect(calls).toEqual(['AAPL full raw', 'AAPL full adjusted']);
  });

  it('begins no more items in a second than it may, however quick they are', async () => {
    const { make, runner, clock, calls } = setting();
    await make({ to: '2023-12' });
    await runner.start();
    await clock.advance(2_999);
    expect(calls).toHaveLength(6);
  });

  it('has as many items under way as it has workers', async () => {
    const { make, runner, clock, calls } = setting(hang, { itemsPerSecond: 'none', workers: 3 });
    await make({ to: '2023-12' });
    await runner.start();
    await clock.advance(10_000);
    expect(calls).toHaveLength(3);
  });

  it('tries a failure again later, and makes it a dead letter when no attempt is left', async () => {
    const { make, runner, clock, calls, outcomes, board } = setting(() => failWith(outage));
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(10_000);
    expect([calls.length, outcomes.map(({ end }) => end)]).toEqual([1, ['retried']]);
    await clock.advance(10 * minute);
    expect([calls.length, outcomes.map(({ end }) => end)]).toEqual([3, ['retried', 'retried', 'dead']]);
    expect((await board.progress(id)).state).toBe('failed');
    expect((await board.deadLetters())[0]?.failure).toEqual(failure);
    await board.requeue(id);
    await clock.advance(1_000);
    expect(calls).toHaveLength(4);
  });

  it('follows the policy of errors where that says when to retry', async () => {
    const errorHandler = new ScriptedErrorHandler({
      decide: () => ({ action: 'retry', delayMs: 5_000, maxAttempts: 9 }),
    });
    const { make, runner, clock, calls } = setting(() => failWith(outage), { errorHandler });
    await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(4_900);
    expect(calls).toHaveLength(1);
    await clock.advance(1_200);
    expect(calls).toHaveLength(2);
  });

  it('makes what no retry helps a dead letter at once', async () => {
    const { make, runner, clock, calls, outcomes } = setting(() =>
      failWith({
        kind: 'externalApi',
        api: 'vendor',
        reason: 'premiumEndpoint',
        message: 'not in the plan',
        retryable: false,
      }),
    );
    await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(5 * minute);
    expect([calls.length, outcomes.map(({ end }) => end)]).toEqual([1, ['dead']]);
  });

  it('takes the answer that there is nothing for an answer, and does not remember it', async () => {
    const { make, runner, clock, board, months } = setting(() =>
      failWith({ kind: 'dataQuality', qualityScore: 0, reason: 'noData', message: 'nothing there' }),
    );
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(1_000);
    expect([(await board.progress(id)).state, months.size]).toEqual(['completed', 0]);
  });

  it('does not take bars from the cache for what the vendor has', async () => {
    const { make, runner, clock, outcomes, months } = setting(() => ({
      source: 'cache',
      error: new ServiceError(outage),
    }));
    await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(1_000);
    expect(outcomes).toMatchObject([{ end: 'retried', error: { reason: 'outage' } }]);
    expect(months.size).toBe(0);
  });

  it('pauses everything when a limit of the key is reached, spends nobody’s attempt, and goes on after it', async () => {
    let spent = true;
    const { make, runner, clock, calls, board } = setting(() =>
      spent
        ? failWith({
            kind: 'rateLimit',
            service: 'vendor',
            reason: 'dailyQuota',
            message: 'spent',
            retryAfterMs: 600 * minute,
          })
        : undefined,
    );
    const id = await make();
    await runner.start();
    await clock.advance(minute);
    const before = calls.length;
    expect(before).toBeLessThanOrEqual(2);
    expect(runner.pause).toMatchObject({ error: { reason: 'dailyQuota' } });
    spent = false;
    await clock.advance(598 * minute);
    expect(calls).toHaveLength(before);
    await clock.advance(3 * minute);
    expect([(await board.progress(id)).state, runner.pause]).toEqual(['completed', undefined]);
    expect((await board.show(id)).items).toMatchObject({ completed: 3, failed: 0 });
  });

  it('leaves a key alone for a while that is not taken', async () => {
    const { make, runner, clock, calls } = setting(() =>
      failWith({ kind: 'configuration', reason: 'authentication', message: 'set a valid key' }),
    );
    await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(59_000);
    expect([calls.length, runner.pause?.error.reason]).toEqual([1, 'authentication']);
    await clock.advance(3_000);
    expect(calls).toHaveLength(2);
  });

  it('goes on inside an item: what was noted is not asked again', async () => {
    let hanging = true;
    const { make, runner, clock, calls, queue, board } = setting((call) =>
      hanging && call.options.adjusted ? hang(call) : undefined,
    );
    // The current month is never remembered as complete, so only the checkpoint knows.
    const id = await make({ from: '2024-01', to: '2024-01', adjustments: ['raw', 'adjusted'] });
    await runner.start();
    await clock.advance(1_000);
    expect((await queue.list({ group: id }))[0]?.checkpoint).toEqual({ done: 1, bars: 10 });
    await runner.stop({ signal: AbortSignal.abort(new Error('the process ends')) });
    expect((await board.progress(id)).state).toBe('pending');
    hanging = false;
    await runner.start();
    await clock.advance(2_000);
    expect(calls).toEqual(['AAPL 2024-01 raw', 'AAPL 2024-01 adjusted', 'AAPL 2024-01 adjusted']);
    expect((await board.progress(id)).state).toBe('completed');
  });

  it('does not ask for a month that was stored before its process could say so', async () => {
    const { make, runner, clock, calls, memory, board } = setting();
    const id = await make({ to: '2023-01' });
    memory.finishMonth('db vendor AAPL 5min raw', '2023-01', clock.now());
    await runner.start();
    await clock.advance(1_000);
    expect([calls, (await board.progress(id)).state]).toEqual([[], 'completed']);
  });

  it.each([
    ['asks all the same where the store cannot say what is missing', 'database', ['AAPL 2023-01 raw'], 'completed'],
    ['fails where the question itself is wrong', 'configuration', [], 'failed'],
  ] as const)('%s', async (_, kind, asked, state) => {
    const { service, dependencies, make, clock, calls, board } = setting();
    const gaps = async () => failWith({ kind, reason: 'unavailable', message: 'away', retryable: false });
    const runner = new JobRunner({ ...dependencies, service: { ...service, gaps } });
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(2_000);
    expect([calls, (await board.progress(id)).state]).toEqual([asked, state]);
    const stopping = runner.stop();
    await clock.advance(minute);
    await stopping;
  });

  it('counts what it ends, and measures the queue when metrics are read', async () => {
    const { make, runner, clock, monitoring } = setting(({ options }) =>
      options.month === '2023-02' ? failWith({ ...outage, retryable: false, reason: 'malformed' }) : undefined,
    );
    await make({ to: '2023-02' });
    await clock.advance(90_000);
    await runner.start();
    await monitoring.sample();
    const depth = (state: string) => monitoring.gauge('backfill_queue_depth', { state });
    expect((depth('pending') ?? 0) + (depth('inProgress') ?? 0)).toBe(2);
    expect(monitoring.gauge('backfill_oldest_age_seconds')).toBe(90);
    await clock.advance(5_000);
    await monitoring.sample();
    expect([depth('pending'), depth('completed'), depth('failed')]).toEqual([0, 1, 1]);
    expect(monitoring.gauge('backfill_oldest_age_seconds')).toBe(0);
    const ended = (status: string) => monitoring.counter('backfill_jobs_completed_total', { tier: 'T1', status });
    expect([ended('completed'), ended('failed')]).toEqual([1, 1]);
    expect(monitoring.misuse()).toEqual([]);
  });

  it('forgets jobs that ended long ago', async () => {
    const { make, runner, clock, board } = setting(undefined, { keepMs: 10 * minute });
    await make();
    await runner.start();
    await clock.advance(minute);
    await clock.advance(65 * minute);
    expect((await board.list()).length).toBe(0);
    await make({ symbols: ['MSFT'] });
    await clock.advance(minute);
    expect((await board.list()).map(({ state }) => state)).toEqual(['completed']);
  });

  it('keeps an item for as long as it takes, by signs of life', async () => {
    const answer = Promise.withResolvers<undefined>();
    const { make, runner, clock, board, queue } = setting(() => answer.promise);
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(10 * minute);
    expect(await queue.claim({ leaseMs: 1 })).toBe(undefined);
    answer.resolve(undefined);
    await clock.advance(1_000);
    expect((await board.progress(id)).state).toBe('completed');
  });

  it('gives up what is cancelled', async () => {
    const { make, runner, clock, board, outcomes } = setting(hang);
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(1_000);
    await board.cancel(id);
    await clock.advance(20_000);
    expect([outcomes.map(({ end }) => end), (await board.progress(id)).state]).toEqual([['lost'], 'cancelled']);
  });

  it('ends what is under way when it stops, and gives it back when that takes too long', async () => {
    const { make, runner, clock, board, calls } = setting(hang);
    const id = await make({ to: '2023-06' });
    await runner.start();
    await clock.advance(1_000);
    const giveUp = new AbortController();
    let stopped = false;
    const stopping = runner.stop({ signal: giveUp.signal }).then(() => {
      stopped = true;
    });
    await clock.advance(minute);
    expect([stopped, calls.length]).toEqual([false, 2]);
    giveUp.abort(new Error('too long'));
    await clock.advance(minute);
    await stopping;
    expect((await board.progress(id)).items).toMatchObject({ pending: 6, inProgress: 0 });
    const [work] = (await board.show(id)).symbols;
    expect(work?.items.pending).toBe(6);
  });

  it('goes on when the queue is back', async () => {
    const { make, runner, clock, queue, board, monitoring } = setting();
    const id = await make();
    queue.failWith();
    await runner.start();
    await clock.advance(10_000);
    expect(monitoring.logs('warn')).not.toEqual([]);
    queue.recover();
    await clock.advance(5_000);
    expect((await board.progress(id)).state).toBe('completed');
  });
});

describe('events of jobs', () => {
  it('tell of the start, of each batch and of the end, with ids that are the same in every process', async () => {
    const { make, runner, clock, events } = setting();
    const id = await make({ to: '2023-02' });
    await runner.start();
    await clock.advance(10_000);
    expect(events.published.map((event) => [event.id, event.type])).toEqual([
      [`${id}:started`, 'job.started'],
      [`${id}/AAPL/2023-01:processed`, 'job.batchProcessed'],
      [`${id}/AAPL/2023-02:processed`, 'job.batchProcessed'],
      [`${id}:completed`, 'job.completed'],
    ]);
    expect(events.published[1]?.data).toEqual({
      ...{ job: id, symbol: 'AAPL', interval: '5min', source: 'vendor', bars: 10, partition: '2023-01' },
    });
    expect(events.published[3]?.data).toEqual({ job: id, completed: 2, failed: 0 });
  });

  it('tell that a job failed', async () => {
    const { make, runner, clock, events } = setting(() => failWith({ ...outage, retryable: false }));
    const id = await make({ to: '2023-01' });
    await runner.start();
    await clock.advance(minute);
    expect(events.published.at(-1)).toMatchObject({ id: `${id}:failed`, data: { completed: 0, failed: 1 } });
  });

  it('fail no job when nobody takes them', async () => {
    const { make, runner, clock, events, board } = setting();
    events.failWith();
    const id = await make();
    await runner.start();
    await clock.advance(10_000);
    expect((await board.progress(id)).state).toBe('completed');
  });
});
