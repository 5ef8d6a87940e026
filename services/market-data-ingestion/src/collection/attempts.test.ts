import { ScriptedErrorHandler, VirtualClock } from '@quantumtrade/core-testing';
import { type ErrorDecision, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { Attempts, type Step, type StepOutcome } from './attempts.ts';
import { Deadline } from './deadline.ts';

const failure = new ServiceError({ kind: 'database', message: 'away' });

function attemptsWith(decision: ErrorDecision, signal?: AbortSignal) {
  const clock = new VirtualClock();
  const errorHandler = new ScriptedErrorHandler({ decide: () => decision });
  const attempts = new Attempts({ serviceName: 'ingestion', errorHandler, clock });
  const deadline = new Deadline({ clock, milliseconds: 10_000, signal });
  const run = <T>(of: Step<T>['run']): Promise<StepOutcome<T>> =>
    attempts.run({ operation: 'store', metadata: { symbol: 'IBM' }, run: of }, deadline);
  return { clock, errorHandler, run };
}

function failing(times: number, then = 'done') {
  let runs = 0;
  const run = async (): Promise<string> => {
    runs++;
    if (runs <= times) throw failure;
    return then;
  };
  return { run, runs: () => runs };
}

describe('attempts', () => {
  it('give the value of a step that works and bother nobody', async () => {
    const { run, errorHandler } = attemptsWith({ action: 'fail' });
    expect(await run(() => 'at once')).toEqual({ value: 'at once' });
    expect(errorHandler.handled).toEqual([]);
  });

  it.each(['fail', 'useCache', 'useDefault'] as const)(
    'give the error with the decision %s after one try',
    async (action) => {
      const { run, errorHandler } = attemptsWith({ action });
      const step = failing(1);
      expect(await run(step.run)).toEqual({ error: failure, decision: { action } });
      expect(step.runs()).toBe(1);
      expect(errorHandler.handled[0]?.context).toEqual({
        service: 'ingestion',
        operation: 'store',
        timestamp: Date.UTC(2024, 0, 2),
        attempt: 1,
        metadata: { symbol: 'IBM' },
      });
    },
  );

  it('number the tries and wait as told between them', async () => {
    const { run, clock, errorHandler } = attemptsWith({ action: 'retry', delayMs: 500, maxAttempts: 5 });
    const step = failing(2);
    const outcome = run(step.run);
    await clock.advance(499);
    expect(step.runs()).toBe(1);
    await clock.advance(501);
    expect(await outcome).toEqual({ value: 'done' });
    expect(
      errorHandler.handled.map(({ context }) => [context.attempt, context.timestamp - Date.UTC(2024, 0, 2)]),
    ).toEqual([
      [1, 0],
      [2, 500],
    ]);
  });

  it('end with the last error when the error handler has had enough', async () => {
    const { run, errorHandler } = attemptsWith({ action: 'retry', delayMs: 0, maxAttempts: 3 });
    const step = failing(99);
    expect(await run(step.run)).toEqual({ error: failure, decision: { action: 'fail' } });
    expect(step.runs()).toBe(3);
    expect(errorHandler.handled).toHaveLength(3);
  });

  it.each([
    [9999, 2],
    [10_000, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('begin a wait of %d ms only when it ends before the deadline', async (delayMs, runs) => {
    const { run, clock } = attemptsWith({ action: 'retry', delayMs, maxAttempts: 2 });
    const step = failing(1);
    const outcome = run(step.run);
    await clock.advance(9999);
    expect(step.runs()).toBe(runs);
    expect(await outcome).toEqual(runs === 2 ? { value: 'done' } : { error: failure, decision: { action: 'fail' } });
  });

  it('retry nothing once the deadline is over, and let the error handler know why', async () => {
    const { run, clock, errorHandler } = attemptsWith({ action: 'retry', delayMs: 0, maxAttempts: 9 });
    const outcome = run(() => new Promise<never>(() => {}));
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({ error: { reason: 'outage' }, decision: { action: 'fail' } });
    expect(errorHandler.handled).toHaveLength(1);
  });

  it('still use the cache when the deadline is over', async () => {
    const { run, clock } = attemptsWith({ action: 'useCache' });
    const outcome = run(() => new Promise<never>(() => {}));
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({ error: { reason: 'outage' }, decision: { action: 'useCache' } });
  });

  it('throw the reason of a caller that gave up, also when the step failed over it', async () => {
    const caller = new AbortController();
    const { run, errorHandler } = attemptsWith({ action: 'useCache' }, caller.signal);
    const reason = { cancelled: true };
    const outcome = run(() => {
      caller.abort(reason);
      throw failure;
    });
    await expect(outcome).rejects.toBe(reason);
    expect(errorHandler.handled).toEqual([]);
  });
});
