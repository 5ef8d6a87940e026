import {
  FakeEventPublisher,
  FakeWorkQueue,
  RecordingMonitoring,
  ScriptedErrorHandler,
} from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { createCalendar } from '@quantumtrade/market-calendar';
import type { CollectionResult, CoverageState, Interval } from '@quantumtrade/shared-types';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CollectionOptions } from '../../src/collection/collection-request.ts';
import { distinctRequests, gapsOf } from '../../src/coverage/coverage-gaps.ts';
import type { CoverageQuery } from '../../src/coverage/coverage-ledger.ts';
import type { ItemOutcome } from '../../src/jobs/item-worker.ts';
import type { JobRequest } from '../../src/jobs/job.ts';
import { JobBoard } from '../../src/jobs/job-board.ts';
import { JobRunner } from '../../src/jobs/job-runner.ts';
import { missingByLedger } from '../../src/jobs/missing-history.ts';
import { LedgerWorld, seriesOf } from '../coverage/ledger-world.ts';

const request: JobRequest = { symbols: ['IBM'], interval: '60min', from: '2024-01', to: '2024-03' };
const days = { from: '2024-01-01', to: '2024-03-31' };

/** Jobs over a ledger, and a vendor that has every expected bar but those of its holes. */
function setting() {
  const world = new LedgerWorld('2024-05-01T12:00:00Z');
  const { clock } = world;
  const queue = new FakeWorkQueue({ clock });
  const calls: string[] = [];
  const outcomes: ItemOutcome[] = [];
  /** Bars that the vendor does not have, and what it says in place of an answer. */
  const vendor = { holes: new Set<number>(), refuses: undefined as string | undefined };
  let answers = 0;
  const service = {
    collectSymbolData: async (symbol: string, interval: string, options: CollectionOptions = {}) => {
      const { month, outputSize } = options;
      calls.push([symbol, month ?? outputSize].join(' '));
      const asked = { symbol, interval: interval as Interval, at: clock.now(), ...(month ? { month } : {}) };
      if (vendor.refuses !== undefined) {
        await world.refuse({ ...asked, ...(outputSize ? { outputSize } : {}), reason: vendor.refuses });
        throw new ServiceError({
          kind: 'externalApi',
          api: 'v',
          reason: vendor.refuses,
          message: 'no',
          retryable: false,
        });
      }
      const [from, to] = month ? [`${month}-01`, `${month}-31`] : ['2024-01-01', '2024-04-30'];
      const bars = world.expected(from, to === '2024-02-31' ? '2024-02-29' : to, interval as Interval);
      const had = bars.filter((bar) => !vendor.holes.has(bar));
      const dates = new Map(world.calendar.sessions({ from, to: '2024-04-30' }).map((s) => [s.open, s.date]));
      const sessions = interval === 'daily' ? { sessions: [...dates.values()].slice(0, had.length) } : {};
      answers += 1;
      await world.answer({
        ...asked,
        bars: had,
        ...sessions,
        ...(outputSize ? { outputSize } : {}),
        close: `1${answers}`,
      });
      return { symbol, interval, source: 'fake', collectedCount: had.length } as unknown as CollectionResult;
    },
    gaps: async (query: Omit<CoverageQuery, 'source'>) => gapsOf(await world.rows(query), { now: clock.now() }),
  };
  const memory = { finishedMonths: () => new Map<string, number>(), finishMonth: () => {} };
  const scope = { source: 'fake', database: 'db', prioritySymbols: [] };
  const board = new JobBoard({ queue, missing: missingByLedger(service.gaps, 'fake'), clock, scope, maxAttempts: 3 });
  const runner = new JobRunner({
    ...{ service, queue, memory, clock, monitoring: new RecordingMonitoring(), database: 'db' },
    ...{ events: new FakeEventPublisher({ clock }), errorHandler: new ScriptedErrorHandler() },
    ...{ leaseMs: 30_000, workers: 2, itemsPerSecond: 100 },
    onOutcome: (_, outcome) => outcomes.push(outcome),
  });
  const passed = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    void work.finally(() => {
      over = true;
    });
    while (!over) await clock.advance(100);
    return await work;
  };
  onTestFinished(() => passed(runner.stop({ signal: AbortSignal.abort(new Error('the test is over')) })));
  /** Runs a backfill to its end; what it asked for. */
  const backfill = async (more: Partial<JobRequest> = {}): Promise<string[]> => {
    calls.length = 0;
    outcomes.length = 0;
    const plan = await board.plan({ ...request, ...more });
    await board.create(plan);
    await passed(runner.start());
    for (let turn = 0; turn < 100 && (await queue.counts()).pending + (await queue.counts()).inProgress > 0; turn++) {
      await clock.advance(100);
    }
    await passed(runner.stop());
    return [...calls];
  };
  const gapCalls = async (more: Partial<CoverageQuery> = {}): Promise<string[]> =>
    distinctRequests(await service.gaps({ symbols: ['IBM'], interval: '60min', ...days, ...more })).map(
      ({ symbol, month, outputSize }) => [symbol, month ?? outputSize].join(' '),
    );
  const states = async (from: string, to: string): Promise<CoverageState[]> => [
    ...new Set((await world.rows({ from, to })).map(({ state }) => state)),
  ];
  return { world, clock, queue, board, backfill, gapCalls, states, calls, outcomes, vendor, runner, passed };
}

let test: ReturnType<typeof setting>;
beforeEach(() => {
  test = setting();
});

describe('a backfill', () => {
  it('asks for all of an unknown series, and for nothing once each session has its answer', async () => {
    const { board, backfill, gapCalls, states, vendor, world } = test;
    vendor.holes = new Set([...world.expected('2024-02-06'), ...world.expected('2024-01-03').slice(2, 4)]);
    expect(await gapCalls()).toEqual(['IBM 2024-01', 'IBM 2024-02', 'IBM 2024-03']);
    expect(await backfill()).toEqual(['IBM 2024-01', 'IBM 2024-02', 'IBM 2024-03']);
    expect([await states('2024-02-06', '2024-02-06'), await states('2024-01-03', '2024-01-03')]).toEqual([
      ['confirmedEmpty'],
      ['present'],
    ]);
    expect(await board.plan(request)).toMatchObject({ items: [], calls: 0, finished: 3 });
    expect([await gapCalls(), await backfill()]).toEqual([[], []]);
  });

  it('asks for what the gaps of the same days ask for, to the day', async () => {
    const { backfill, gapCalls, board } = test;
    await backfill({ from: '2024-01-10', to: '2024-01-12' });
    expect(await gapCalls({ from: '2024-01-02', to: '2024-02-09' })).toEqual(['IBM 2024-02']);
    const plan = await board.plan({ ...request, from: '2024-01-02', to: '2024-02-09' });
    expect([plan.calls, plan.finished]).toEqual([1, 1]);
    expect(plan.items).toMatchObject([{ month: '2024-02', from: '2024-02-01', to: '2024-02-09' }]);
    expect((await board.plan({ ...request, from: '2024-02-10', to: '2024-02-11' })).items).toEqual([]);
  });

  it('counts what comes without months as all of them', async () => {
    const { board } = test;
    const pair = { ...request, symbols: ['EUR/USD'], interval: '60min', to: '2024-02' };
    const { items, finished } = await board.plan(pair);
    expect([items.map(({ symbol, month }) => [symbol, month]), finished]).toEqual([[['EUR/USD', undefined]], 0]);
  });

  it('asks again for exactly what was deleted', async () => {
    const { world, backfill, states, board } = test;
    await backfill();
    world.store.deleteBars(seriesOf(), world.expected('2024-02-06'));
    expect(await states('2024-02-06', '2024-02-06')).toEqual(['pending']);
    expect((await board.plan(request)).id).toBe('IBM_2024-01-01_2');
    expect(await backfill()).toEqual(['IBM 2024-02']);
    expect(await states(days.from, days.to)).toEqual(['present']);
    expect(await backfill()).toEqual([]);
  });

  it('takes a late correction as what is there now', async () => {
    const { world, backfill, states, vendor, clock } = test;
    const late = world.expected('2024-02-06');
    vendor.holes = new Set(late);
    await backfill();
    expect(await states('2024-02-06', '2024-02-06')).toEqual(['confirmedEmpty']);
    await world.answer({ bars: late, outputSize: 'compact', at: clock.now(), close: '99' });
    expect(await states('2024-02-06', '2024-02-06')).toEqual(['present']);
    expect(await backfill()).toEqual([]);
  });

  it('asks for the sessions that a corrected calendar adds, and for no others', async () => {
    const { world, backfill, states } = test;
    const right = world.calendar;
    const closed = (date: string) => ({ date, reason: 'a storm', kind: 'closed' }) as const;
    world.calendar = createCalendar('XNYS', { exceptions: [closed('2024-03-28'), closed('2024-03-27')] });
    // The month is known until its last bar that settled: what follows is known to nobody.
    await world.answer({ bars: world.expected('2024-03-01', '2024-03-28'), at: '2024-03-29T00:00Z' });
    expect(await backfill()).toEqual(['IBM 2024-01', 'IBM 2024-02']);
    world.calendar = right;
    expect(await states('2024-03-27', '2024-03-28')).toEqual(['pending']);
    expect(await backfill()).toEqual(['IBM 2024-03']);
    expect(await states(days.from, days.to)).toEqual(['present']);
  });

  it('skips without a call what came before its turn', async () => {
    const { world, board, backfill, clock, outcomes } = test;
    await board.create(await board.plan(request));
    await world.answer({ bars: world.expected('2024-02-01', '2024-02-29'), month: '2024-02', at: clock.now() });
    expect(await backfill()).toEqual(['IBM 2024-01', 'IBM 2024-03']);
    expect(outcomes.map((outcome) => outcome.end === 'completed' && outcome.calls)).toEqual([1, 0, 1]);
  });

  it('leaves dead letters to be requeued, and asks for the rest', async () => {
    const { world, backfill, board, vendor } = test;
    await world.answer({ bars: world.expected('2024-02-01', '2024-03-28'), at: '2024-04-10T00:00Z' });
    vendor.refuses = 'malformed';
    expect(await backfill()).toEqual(['IBM 2024-01']);
    vendor.refuses = undefined;
    expect(await board.plan(request)).toMatchObject({ id: 'IBM_2024-01-01', known: true, items: [] });
    world.store.deleteBars(seriesOf(), world.expected('2024-02-06'));
    expect(await backfill()).toEqual(['IBM 2024-02']);
    await board.requeue();
    expect(await backfill()).toEqual(['IBM 2024-01']);
    expect(await backfill()).toEqual([]);
  });

  it('gives up on what the vendor refuses again and again', async () => {
    const { backfill, states, vendor } = test;
    vendor.refuses = 'noData';
    const january = { from: '2024-01', to: '2024-01' };
    for (let time = 0; time < 3; time++) expect(await backfill(january)).toEqual(['IBM 2024-01']);
    expect(await states('2024-01-01', '2024-01-31')).toEqual(['unrecoverable']);
    expect(await backfill(january)).toEqual([]);
  });

  it('of days asks for compact data while that reaches them, as it is at their turn', async () => {
    const { board, backfill, clock } = test;
    const daily = { interval: 'daily', from: '2024-04-01', to: '2024-04-30' } as const;
    expect((await board.plan({ ...request, ...daily })).calls).toBe(1);
    expect(await backfill(daily)).toEqual(['IBM compact']);
    expect(await backfill(daily)).toEqual([]);
    const ibm = { ...daily, symbols: ['OLD'] };
    await board.create(await board.plan({ ...request, ...ibm }));
    await clock.advance(200 * 86_400_000);
    expect(await backfill(ibm)).toEqual(['OLD full']);
  });
});
