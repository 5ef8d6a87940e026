import { type ErrorContext, ServiceError } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { ScriptedErrorHandler } from './scripted-error-handler.ts';

const error = new ServiceError({ kind: 'database', message: 'away' });
const context = (attempt: number): ErrorContext => ({ service: 's', operation: 'store', timestamp: 0, attempt });

describe('ScriptedErrorHandler', () => {
  it('fails everything when it has no script', () => {
    const handler = new ScriptedErrorHandler();
    expect(handler.handleError(error, context(1))).toEqual({ action: 'fail' });
    expect(handler.shouldRetry(error, 1)).toBe(false);
  });

  it('decides by its script and keeps what it was asked and what it answered', () => {
    const handler = new ScriptedErrorHandler({
      decide: (_, { operation }) => ({ action: operation === 'store' ? 'useCache' : 'useDefault' }),
    });
    const first = context(1);
    expect(handler.handleError(error, first)).toEqual({ action: 'useCache' });
    expect(handler.handleError(error, { ...first, operation: 'fetch' })).toEqual({ action: 'useDefault' });
    expect(handler.handled).toHaveLength(2);
    expect(handler.handled[0]).toEqual({ error, context: first, decision: { action: 'useCache' } });
  });

  it('turns a retry into a failure once the attempts are used up', () => {
    const retry = { action: 'retry', delayMs: 10, maxAttempts: 3 } as const;
    const handler = new ScriptedErrorHandler({ decide: () => retry });
    const actions = [1, 2, 3, 4].map((attempt) => handler.handleError(error, context(attempt)).action);
    expect(actions).toEqual(['retry', 'retry', 'fail', 'fail']);
    expect([1, 2, 3, 4].map((attempt) => handler.shouldRetry(error, attempt))).toEqual([true, true, false, false]);
  });

  it('reports what it handles and what it is told to report', () => {
    const handler = new ScriptedErrorHandler();
    handler.handleError(error, context(1));
    handler.reportError(error, context(2));
    expect(handler.reported.map(({ context: { attempt } }) => attempt)).toEqual([1, 2]);
    expect(handler.handled).toHaveLength(1);
  });

  it('classifies by what the error says, or as told', () => {
    const permanent = new ServiceError({ kind: 'configuration', message: 'set the key' });
    expect(new ScriptedErrorHandler().classifyError(error)).toMatchObject({ type: 'transient', retryable: true });
    expect(new ScriptedErrorHandler().classifyError(permanent)).toMatchObject({ type: 'permanent', retryable: false });
    const told = { type: 'system', severity: 'critical', retryable: false, timeoutMs: 1 } as const;
    expect(new ScriptedErrorHandler({ classify: () => told }).classifyError(error)).toBe(told);
  });

  it('answers questions about what it decided and reported', () => {
    const handler = new ScriptedErrorHandler({
      decide: ({ kind }) => ({ action: kind === 'database' ? 'useCache' : 'fail' }),
    });
    const locked = new ServiceError({ kind: 'configuration', reason: 'directoryLocked', message: 'wait' });
    handler.handleError(error, context(1));
    handler.handleError(locked, context(1));
    handler.reportError(error, context(2));
    expect(handler.decisions()).toEqual([{ action: 'useCache' }, { action: 'fail' }]);
    expect(handler.decisions('configuration')).toEqual([{ action: 'fail' }]);
    expect(handler.failures('database')).toEqual([error, error]);
    expect(handler.failures('configuration', 'directoryLocked')).toEqual([locked]);
    expect(handler.failures('configuration', 'other')).toEqual([]);
  });
});
