import type { ErrorContext, ErrorDecision, ErrorHandler, ServiceError } from '@quantumtrade/core-traits';
import { ScriptedErrorHandler } from '../errors/scripted-error-handler.ts';
import type { ErrorHandlerSuiteFactory, ErrorHandlerSuiteGiven } from '../suites/error-handler-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (sound: ScriptedErrorHandler, given: ErrorHandlerSuiteGiven) => Partial<ErrorHandler>;

/** Error handlers that break a law of the error handler suite each. */
export const brokenErrorHandlers: readonly BrokenImplementation<ErrorHandlerSuiteFactory>[] = [
  broken(
    'classifies only what it knows',
    'classifies every kind of failure, also one that it does not know',
    (handler) => ({
      classifyError: (error) => {
        const classification = handler.classifyError(error);
        return ['quantum', 'constructor'].includes(error.kind) ? (undefined as never) : classification;
      },
    }),
  ),
  broken('gives operations no time', 'classifies every kind of failure, also one that it does not know', (handler) => ({
    classifyError: (error) => ({ ...handler.classifyError(error), timeoutMs: 0 }),
  })),
  broken(
    'waits for less than nothing',
    'decides on every kind of failure, with a delay and a number of attempts that can be carried out',
    changing(({ delayMs, ...decision }) => ({ ...decision, delayMs: delayMs - 100 })),
  ),
  broken(
    'retries for ever',
    'decides on every kind of failure, with a delay and a number of attempts that can be carried out',
    changing((decision) => ({ ...decision, maxAttempts: Number.POSITIVE_INFINITY })),
  ),
  broken(
    'counts its attempts from 0',
    'retries only while attempts are left',
    changing((decision) => ({ ...decision, maxAttempts: decision.maxAttempts - 1 })),
  ),
  broken('advises a retry without an end', 'comes to an end of retrying', () => ({
    shouldRetry: ({ retryable }) => retryable,
  })),
  broken(
    'caps the wait that a vendor asks for',
    'never waits for less than the failure asks for',
    changing((decision) => ({ ...decision, delayMs: Math.min(decision.delayMs, 10_000) })),
  ),
  broken('retries everything', 'never retries what is not retryable', () => ({
    handleError: (_, { attempt }) =>
      attempt < 3 ? { action: 'retry', delayMs: 1e9, maxAttempts: 3 } : { action: 'fail' },
  })),
  broken('advises against every retry', 'decides on no retry that it would not advise', () => ({
    shouldRetry: () => false,
  })),
  broken('decides in silence', 'reports a failure once, when it handles it and when it is told to', () => ({
    handleError: (error, context) => decide(error, context),
  })),
  broken('reports twice', 'reports a failure once, when it handles it and when it is told to', (handler) => ({
    handleError: (error, context) => {
      handler.reportError(error, context);
      return handler.handleError(error, context);
    },
  })),
  broken('reports what it is asked about', 'reports nothing that it only classifies or is asked about', (handler) => ({
    shouldRetry: (error, attempt) => {
      handler.reportError(error, { service: '', operation: '', timestamp: 0, attempt });
      return handler.shouldRetry(error, attempt);
    },
  })),
  broken('writes causes down as they are', 'throws at no failure and no context, however hostile', (handler) => ({
    reportError: (error, context) => {
      handler.reportError(error, { ...context, metadata: { cause: `${error.cause}` } });
    },
  })),
  broken('trusts its monitoring', 'throws nothing when its monitoring does', (handler, { monitoring }) => ({
    reportError: (error, context) => {
      monitoring.logError(error.message);
      handler.reportError(error, context);
    },
  })),
];

/** Three attempts for what is retryable, with the wait that it asks for. */
function decide(error: ServiceError, { attempt }: ErrorContext): ErrorDecision {
  const { retryable, retryAfterMs = 10 } = error;
  if (!retryable || !(attempt < 3)) return { action: 'fail' };
  return { action: 'retry', delayMs: Number.isFinite(retryAfterMs) ? Math.max(0, retryAfterMs) : 10, maxAttempts: 3 };
}

type Retry = Extract<ErrorDecision, { action: 'retry' }>;

/** A handler whose decisions to retry are changed. */
function changing(change: (decision: Retry) => Retry): Break {
  return (handler) => ({
    handleError: (error, context) => {
      const decision = handler.handleError(error, context);
      return decision.action === 'retry' ? change(decision) : decision;
    },
  });
}

function broken(defect: string, law: string, by: Break): BrokenImplementation<ErrorHandlerSuiteFactory> {
  const create: ErrorHandlerSuiteFactory['create'] = async (given) => {
    const handler = new ScriptedErrorHandler({ decide });
    const sound: ErrorHandler = {
      handleError: (error, context) => handler.handleError(error, context),
      classifyError: (error) => handler.classifyError(error),
      shouldRetry: (error, attempt) => handler.shouldRetry(error, attempt),
      reportError: (error, context) => handler.reportError(error, context),
    };
    return { subject: { ...sound, ...by(handler, given) }, reported: () => handler.reported.length };
  };
  return { defect, law, factory: { create } };
}
