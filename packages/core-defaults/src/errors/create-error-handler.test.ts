import {
  type ErrorContext,
  type MonitoringProvider,
  ServiceError,
  type ServiceErrorInit,
} from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { createErrorHandler, errorsTotal } from './create-error-handler.ts';
import type { ErrorPolicy } from './error-policy.ts';

function recorder() {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]): void => {
      calls.push([name, ...values]);
    };
  const monitoring: MonitoringProvider = {
    recordMetric: note('metric'),
    recordCounter: note('counter'),
    recordTiming: note('timing'),
    logInfo: note('info'),
    logWarn: note('warn'),
    logError: note('error'),
  };
  return { calls, monitoring };
}

function handler(policy: Partial<ErrorPolicy> = {}, random = 0.5) {
  return createErrorHandler({
    monitoring: recorder().monitoring,
    clock: { random: () => random, monotonic: () => 0 },
    policy,
  });
}

function context(attempt: number, operation = 'fetch'): ErrorContext {
  return { service: 'ingestion', operation, timestamp: 0, attempt };
}

const vendorError = new ServiceError({ kind: 'externalApi', api: 'vendor', message: 'HTTP 500', statusCode: 500 });
const databaseError = new ServiceError({ kind: 'database', message: 'no answer' });
const badSetting = new ServiceError({ kind: 'configuration', reason: 'missingKey', message: 'set the key' });

describe('decisions', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 5_000],
    [2_000, 5_000],
  ])('waits a random part of a bound that doubles up to the maximum: attempt %i', (attempt, delayMs) => {
    const decision = handler({ maxAttempts: 10_000 }).handleError(vendorError, context(attempt));
    expect(decision).toEqual({ action: 'retry', delayMs, maxAttempts: 10_000 });
  });

  it('may wait nothing at all, and never a negative or undefined time', () => {
    expect(handler({}, 0).handleError(vendorError, context(1))).toMatchObject({ delayMs: 0 });
    expect(handler({ baseDelayMs: 0, maxAttempts: 9_999 }).handleError(vendorError, context(5_000))).toMatchObject({
      delayMs: 0,
    });
  });

  it.each([
    [0, 20_000],
    [0.999, 21_998],
  ])('keeps the retry time that the error names, with up to a tenth on top (chance %d)', (random, delayMs) => {
    const error = new ServiceError({
      kind: 'rateLimit',
      service: 'vendor',
      message: 'slow down',
      retryAfterMs: 20_000,
    });
    const decision = handler({}, random).handleError(error, context(1));
    expect(decision).toMatchObject({ action: 'retry', maxAttempts: 3 });
    expect(decision.action === 'retry' && decision.delayMs).toBeCloseTo(delayMs);
  });

  it('falls back on the cache for a vendor and fails for the rest when no attempt is left', () => {
    expect(handler().handleError(vendorError, context(3))).toEqual({ action: 'useCache' });
    expect(handler().handleError(databaseError, context(3))).toEqual({ action: 'fail' });
  });

  it('fails at once on what no retry can cure', () => {
    const refusal = new ServiceError({
      kind: 'externalApi',
      api: 'vendor',
      message: 'unknown symbol',
      retryable: false,
    });
    expect(handler().handleError(badSetting, context(1))).toEqual({ action: 'fail' });
    expect(handler().handleError(refusal, context(1))).toEqual({ action: 'fail' });
  });

  it('follows the first rule that matches in all its parts', () => {
    const rules: ErrorPolicy['rules'] = [
      { kind: 'database', operation: 'store', action: 'retry', maxAttempts: 5 },
      { reason: 'missingKey', action: 'useDefault' },
      { kind: 'database', action: 'useCache' },
    ];
    const { handleError } = handler({ rules });
    expect(handleError(databaseError, context(4, 'store'))).toMatchObject({ action: 'retry', maxAttempts: 5 });
    expect(handleError(databaseError, context(5, 'store'))).toEqual({ action: 'fail' });
    expect(handleError(databaseError, context(1, 'read'))).toEqual({ action: 'useCache' });
    expect(handleError(badSetting, context(1))).toEqual({ action: 'useDefault' });
    expect(handleError(vendorError, context(1))).toMatchObject({ action: 'retry', maxAttempts: 3 });
  });

  it('answers shouldRetry as it decides where no operation is known', () => {
    const { shouldRetry } = handler({
      rules: [
        { kind: 'database', operation: 'store', action: 'fail' },
        { kind: 'rateLimit', action: 'fail' },
      ],
    });
    const limit = new ServiceError({ kind: 'rateLimit', service: 'vendor', message: 'slow down' });
    expect([shouldRetry(databaseError, 2), shouldRetry(databaseError, 3)]).toEqual([true, false]);
    expect([shouldRetry(limit, 1), shouldRetry(badSetting, 1)]).toEqual([false, false]);
  });
});

describe('the attempts of an operation', () => {
  it("are its own where the policy has some, and the policy's elsewhere", () => {
    const { handleError } = handler({ maxAttempts: 5, maxAttemptsByOperation: { fetch: 2 } });
    expect(handleError(vendorError, context(1, 'fetch'))).toMatchObject({ action: 'retry', maxAttempts: 2 });
    expect(handleError(vendorError, context(2, 'fetch'))).toEqual({ action: 'useCache' });
    expect(handleError(databaseError, context(4, 'store'))).toMatchObject({ action: 'retry', maxAttempts: 5 });
    expect(handleError(databaseError, context(4, 'constructor'))).toMatchObject({ maxAttempts: 5 });
  });

  it('count for rules that say none', () => {
    const rules: ErrorPolicy['rules'] = [{ kind: 'configuration', action: 'retry' }];
    const { handleError } = handler({ rules, maxAttempts: 5, maxAttemptsByOperation: { fetch: 2 } });
    expect(handleError(badSetting, context(1, 'fetch'))).toMatchObject({ action: 'retry', maxAttempts: 2 });
    expect(handleError(badSetting, context(4, 'store'))).toMatchObject({ action: 'retry', maxAttempts: 5 });
  });
});

describe('a policy that is a function', () => {
  it('is asked for every failure', () => {
    let policy: Partial<ErrorPolicy> = { maxAttempts: 2 };
    const clock = { random: () => 0, monotonic: () => 0 };
    const errors = createErrorHandler({ monitoring: recorder().monitoring, clock, policy: () => policy });
    expect(errors.handleError(databaseError, context(2))).toEqual({ action: 'fail' });
    policy = { maxAttempts: 3 };
    expect(errors.handleError(databaseError, context(2))).toMatchObject({ action: 'retry', maxAttempts: 3 });
    expect([errors.shouldRetry(databaseError, 2), errors.shouldRetry(databaseError, 3)]).toEqual([true, false]);
  });
});

describe('the retry budget', () => {
  function outage(requests: number, policy: Partial<ErrorPolicy> = {}) {
    let now = 0;
    const { calls, monitoring } = recorder();
    const clock = { random: () => 0, monotonic: () => now };
    const errors = createErrorHandler({ monitoring, clock, policy: { maxAttempts: 4, ...policy } });
    /** Fails so many requests from their first attempt to their last, and gives the attempts of each. */
    const fail = (count: number, error = vendorError): number[] =>
      Array.from({ length: count }, () => {
        let attempt = 1;
        while (errors.handleError(error, context(attempt)).action === 'retry') attempt++;
        return attempt;
      });
    return { attempts: fail(requests), fail, errors, calls, pass: (milliseconds: number) => (now += milliseconds) };
  }

  it('lets a few failing requests have all their attempts', () => {
    expect(outage(3).attempts).toEqual([4, 4, 4]);
  });

  it('keeps a broad outage from being multiplied', () => {
    const { attempts } = outage(1_000);
    const sent = attempts.reduce((total, count) => total + count, 0);
    expect(sent).toBe(1_000 + 10 + 200);
  });

  it('decides as if no attempt were left when it is spent', () => {
    const { errors, pass } = outage(4, { retryBudget: { ratio: 0, minRetriesPerMinute: 2 } });
    expect(errors.handleError(vendorError, context(1))).toEqual({ action: 'useCache' });
    expect(errors.handleError(databaseError, context(1))).toEqual({ action: 'fail' });
    expect(errors.shouldRetry(databaseError, 1)).toBe(false);
    pass(60_000);
    expect(errors.shouldRetry(databaseError, 1)).toBe(true);
    expect(errors.handleError(databaseError, context(1))).toMatchObject({ action: 'retry' });
  });

  it('binds rules that retry, and leaves other actions alone', () => {
    const rules: ErrorPolicy['rules'] = [
      { kind: 'database', action: 'retry', maxAttempts: 9 },
      { kind: 'configuration', action: 'useDefault' },
    ];
    const { fail, errors } = outage(0, { rules, retryBudget: { ratio: 0, minRetriesPerMinute: 5 } });
    expect(fail(2, databaseError)).toEqual([6, 1]);
    expect(errors.handleError(badSetting, context(1))).toEqual({ action: 'useDefault' });
  });

  it('is neither asked nor charged for refusals for pace, which wait as long as the vendor asks', () => {
    const paced = new ServiceError({ kind: 'rateLimit', service: 'vendor', message: 'slower', retryAfterMs: 1_000 });
    const { fail, errors } = outage(4, { retryBudget: { ratio: 0, minRetriesPerMinute: 2 } });
    expect(fail(50, paced)).toEqual(Array.from({ length: 50 }, () => 4));
    expect(errors.shouldRetry(paced, 1)).toBe(true);
    const fresh = outage(0, { retryBudget: { ratio: 1, minRetriesPerMinute: 0 } });
    expect(fresh.fail(5, paced)).toEqual([4, 4, 4, 4, 4]);
    expect(fresh.fail(1)).toEqual([2]);
  });

  it('is said to be spent once, until retries are allowed again', () => {
    const { calls, fail, pass } = outage(20, { retryBudget: { ratio: 0, minRetriesPerMinute: 3 } });
    const warnings = () => calls.filter(([, message]) => String(message).startsWith('the retry budget is spent'));
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]?.[0]).toBe('warn');
    pass(60_000);
    fail(20);
    expect(warnings()).toHaveLength(2);
  });
});

describe('classification', () => {
  const cases: [ServiceErrorInit, object][] = [
    [
      { kind: 'configuration', message: '' },
      { type: 'permanent', severity: 'high', timeoutMs: 10_000 },
    ],
    [
      { kind: 'database', message: '' },
      { type: 'transient', severity: 'high', timeoutMs: 60_000 },
    ],
    [
      { kind: 'database', message: '', retryable: false },
      { type: 'system', severity: 'critical' },
    ],
    [
      { kind: 'externalApi', api: 'a', message: '' },
      { type: 'transient', severity: 'medium', timeoutMs: 30_000 },
    ],
    [
      { kind: 'externalApi', api: 'a', message: '', retryable: false },
      { type: 'permanent', retryable: false },
    ],
    [
      { kind: 'rateLimit', service: 'a', message: '' },
      { type: 'transient', severity: 'low', retryable: true },
    ],
    [
      { kind: 'dataQuality', qualityScore: 1, message: '' },
      { type: 'business', severity: 'medium' },
    ],
    [
      { kind: 'system', message: '' },
      { type: 'system', severity: 'critical', retryable: false },
    ],
  ];
  it.each(cases)('classifies %j', (init, expected) => {
    expect(handler().classifyError(new ServiceError(init))).toMatchObject(expected);
  });
});

describe('reports', () => {
  it('logs one line and counts one error, as a warning when it may pass', () => {
    const { calls, monitoring } = recorder();
    const { handleError } = createErrorHandler({ monitoring, clock: { random: () => 0, monotonic: () => 0 } });
    handleError(vendorError, context(2));
    expect(calls).toEqual([
      ['warn', 'HTTP 500', expect.objectContaining({ kind: 'externalApi', operation: 'fetch', attempt: 2 })],
      ['counter', errorsTotal, 1, { kind: 'externalApi' }],
    ]);
  });

  it('logs as an error what does not pass by itself', () => {
    const { calls, monitoring } = recorder();
    const { reportError } = createErrorHandler({
      monitoring,
      clock: { random: () => 0, monotonic: () => 0 },
      service: 'fallback',
    });
    reportError(badSetting, { ...context(1), service: '' });
    expect(calls[0]).toEqual([
      'error',
      'set the key',
      expect.objectContaining({ reason: 'missingKey', service: 'fallback' }),
    ]);
  });

  it('still decides when monitoring throws', () => {
    const broken = new Proxy({} as MonitoringProvider, {
      get: () => () => {
        throw new Error('broken');
      },
    });
    const { handleError } = createErrorHandler({ monitoring: broken, clock: { random: () => 0, monotonic: () => 0 } });
    expect(handleError(vendorError, context(1))).toEqual({ action: 'retry', delayMs: 0, maxAttempts: 3 });
  });
});
