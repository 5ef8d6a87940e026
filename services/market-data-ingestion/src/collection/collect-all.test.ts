import { VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { payload, startedService } from '../../test/service/service-with-doubles.ts';
import { type CollectionJob, collectAll, type JobOutcome } from './collect-all.ts';
import type { CollectionOptions } from './collection-request.ts';

const jobsFor = (...symbols: string[]): CollectionJob[] => symbols.map((symbol) => ({ symbol, interval: 'daily' }));
const symbolsOf = (outcomes: readonly JobOutcome[]): string[] => outcomes.map(({ job }) => job.symbol);

/** A service whose collections take the given virtual time, 1000 ms unless named; it keeps what happened. */
function slowService(clock: VirtualClock, milliseconds: Readonly<Record<string, number>> = {}) {
  const begun: string[] = [];
  const options: (CollectionOptions | undefined)[] = [];
  let running = 0;
  let most = 0;
  const collectSymbolData = async (symbol: string, _: string, given?: CollectionOptions) => {
    begun.push(symbol);
    options.push(given);
    most = Math.max(most, ++running);
    try {
      await clock.sleep(milliseconds[symbol] ?? 1000, given?.signal);
      if (symbol === 'BAD') throw new ServiceError({ kind: 'system', message: 'bad' });
      if (symbol === 'ODD') throw 'odd';
      return (await startedService({ answers: [payload] })).service.collectSymbolData(symbol, 'daily');
    } finally {
      running--;
    }
  };
  return { service: { collectSymbolData }, begun, options, most: () => most };
}

describe('collecting several series', () => {
  it('gives the outcomes in the order of the jobs, whichever ends first', async () => {
    const clock = new VirtualClock();
    const { service } = slowService(clock, { A: 3000, B: 1000, C: 2000 });
    const told: string[] = [];
    const all = collectAll(jobsFor('A', 'B', 'C'), {
      service,
      clock,
      concurrency: 3,
      onOutcome: ({ job }) => void told.push(job.symbol),
    });
    await clock.advance(3000);
    const outcomes = await all;
    expect(symbolsOf(outcomes)).toEqual(['A', 'B', 'C']);
    expect(outcomes.map(({ durationMs }) => durationMs)).toEqual([3000, 1000, 2000]);
    expect(told).toEqual(['B', 'C', 'A']);
  });

  it('begins with the priority symbols, however they are written, and keeps the order among the others', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const { service, begun } = slowService(clock);
    const outcomes = await collectAll(jobsFor('AAPL', 'qqq', 'MSFT', 'SPY'), {
      service,
      clock,
      concurrency: 1,
      prioritySymbols: ['SPY', 'QQQ'],
    });
    expect(begun).toEqual(['qqq', 'SPY', 'AAPL', 'MSFT']);
    expect(symbolsOf(outcomes)).toEqual(['AAPL', 'qqq', 'MSFT', 'SPY']);
  });

  it('runs as many at once as allowed and no more, and times each from its own turn', async () => {
    const clock = new VirtualClock();
    const { service, begun, most } = slowService(clock);
    const all = collectAll(jobsFor('A', 'B', 'C', 'D', 'E'), { service, clock, concurrency: 2 });
    await clock.advance(999);
    expect(begun).toEqual(['A', 'B']);
    await clock.advance(3000);
    expect((await all).map(({ durationMs }) => durationMs)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(most()).toBe(2);
  });

  it('carries on when one fails, and makes a ServiceError of whatever it threw', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const { service } = slowService(clock);
    const outcomes = await collectAll(jobsFor('BAD', 'A', 'ODD', 'B'), { service, clock, concurrency: 2 });
    expect(outcomes).toMatchObject([
      { job: { symbol: 'BAD' }, error: { kind: 'system', message: 'bad' } },
      { job: { symbol: 'A' }, result: { stored: 3 } },
      { job: { symbol: 'ODD' }, error: { name: 'ServiceError', kind: 'system', message: 'odd' } },
      { job: { symbol: 'B' }, result: { stored: 3 } },
    ]);
  });

  it('passes the options of each job on', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const { service, options } = slowService(clock);
    const job: CollectionJob = { symbol: 'A', interval: '5min', adjusted: true, outputSize: 'full', month: '2024-01' };
    await collectAll([job], { service, clock, concurrency: 1 });
    expect(options).toEqual([
      { adjusted: true, outputSize: 'full', month: '2024-01', priority: 'default', signal: undefined },
    ]);
  });

  it('gives the finished part after an abort, and begins nothing more', async () => {
    const clock = new VirtualClock();
    const interruption = new AbortController();
    const { service, begun } = slowService(clock);
    const told: string[] = [];
    const all = collectAll(jobsFor('A', 'B', 'C', 'D', 'E', 'F'), {
      service,
      clock,
      concurrency: 2,
      signal: interruption.signal,
      onOutcome: ({ job }) => void told.push(job.symbol),
    });
    await clock.advance(1500);
    interruption.abort();
    expect(symbolsOf(await all)).toEqual(['A', 'B']);
    expect(begun).toEqual(['A', 'B', 'C', 'D']);
    expect(told).toEqual(['A', 'B']);
    expect(clock.sleepers).toBe(0);
  });

  it('keeps the outcome of one that failed by itself before the abort', async () => {
    const clock = new VirtualClock();
    const interruption = new AbortController();
    const { service } = slowService(clock, { BAD: 100 });
    const all = collectAll(jobsFor('BAD', 'A'), { service, clock, concurrency: 2, signal: interruption.signal });
    await clock.advance(500);
    interruption.abort();
    expect(symbolsOf(await all)).toEqual(['BAD']);
  });

  it('begins nothing when it is aborted before, and has nothing to give for no jobs', async () => {
    const clock = new VirtualClock({ autoAdvance: true });
    const { service, begun } = slowService(clock);
    expect(await collectAll(jobsFor('A'), { service, clock, concurrency: 1, signal: AbortSignal.abort() })).toEqual([]);
    expect(await collectAll([], { service, clock, concurrency: 1 })).toEqual([]);
    expect(begun).toEqual([]);
  });
});
