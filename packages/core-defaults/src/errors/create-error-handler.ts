import type {
  Clock,
  ErrorContext,
  ErrorDecision,
  ErrorHandler,
  Instrument,
  MonitoringProvider,
  ServiceError,
} from '@quantumtrade/core-traits';
import { classifyError } from './classify-error.ts';
import { attemptsOf, defaultErrorPolicy, type ErrorPolicy, matchingRule, retryDelayMs } from './error-policy.ts';
import { RetryBudget } from './retry-budget.ts';

/** Counts reported failures by kind. Declare it with the service's other instruments. */
export const errorsTotal: Instrument = {
  name: 'errors_total',
  kind: 'counter',
  help: 'Failures reported to the error handler, by kind.',
  labels: { kind: ['configuration', 'database', 'externalApi', 'rateLimit', 'dataQuality', 'system'] },
};

/** What an error handler is made of. */
export interface ErrorHandlerDependencies {
  readonly monitoring: MonitoringProvider;
  /** Gives the chance for jitter, and the time for the retry budget. */
  readonly clock: Pick<Clock, 'random' | 'monotonic'>;
  /** What differs from {@link defaultErrorPolicy}; a function is asked for every failure, so it may change its mind. */
  readonly policy?: Partial<ErrorPolicy> | (() => Partial<ErrorPolicy>) | undefined;
  /** Reported for contexts whose `service` is empty. */
  readonly service?: string | undefined;
}

/**
 * Makes the error handler that decides by policy.
 *
 * The first matching rule wins. Without one: what is not retryable fails; what is retryable is tried again while
 * attempts are left; after that a vendor's failure falls back on the cache, and everything else fails. A `retry` rule
 * also retries what is not retryable by itself.
 *
 * All retries of the handler share one budget, so that a broad outage is not multiplied: when it is spent, failures are
 * decided as if no attempt were left, and one warning says so. A refusal for pace is no outage, and whoever waits as
 * asked multiplies nothing: retries of kind `rateLimit` are outside the budget.
 */
export function createErrorHandler(dependencies: ErrorHandlerDependencies): ErrorHandler {
  const { monitoring, clock, policy: given } = dependencies;
  const currentPolicy = (): ErrorPolicy => ({
    ...defaultErrorPolicy,
    ...(typeof given === 'function' ? given() : given),
  });
  const budget = new RetryBudget({ clock });
  let warned = false;

  /** How many attempts an error is worth in all; 0 when it must not be retried. */
  const attemptsFor = (policy: ErrorPolicy, error: ServiceError, operation: string | undefined): number => {
    const rule = matchingRule(policy, error, operation);
    if (rule === undefined) return error.retryable ? attemptsOf(policy, operation) : 0;
    return rule.action === 'retry' ? (rule.maxAttempts ?? attemptsOf(policy, operation)) : 0;
  };

  const mayRetry = (policy: ErrorPolicy, error: ServiceError): boolean => {
    if (isPaced(error)) return true;
    const allowed = budget.allows(policy.retryBudget);
    if (!allowed && !warned) {
      attemptTo(() =>
        monitoring.logWarn('the retry budget is spent: failures are final until retries are fewer', {
          ...policy.retryBudget,
          service: dependencies.service,
        }),
      );
    }
    warned = !allowed;
    return allowed;
  };

  const decide = (error: ServiceError, { attempt, operation }: ErrorContext): ErrorDecision => {
    const policy = currentPolicy();
    if (attempt <= 1 && !isPaced(error)) budget.countRequest();
    const rule = matchingRule(policy, error, operation);
    if (rule !== undefined && rule.action !== 'retry') return { action: rule.action };
    const maxAttempts = attemptsFor(policy, error, operation);
    if (attempt < maxAttempts && mayRetry(policy, error)) {
      if (!isPaced(error)) budget.countRetry();
      return { action: 'retry', delayMs: retryDelayMs(policy, error, attempt, clock.random()), maxAttempts };
    }
    return { action: error.kind === 'externalApi' && error.retryable ? 'useCache' : 'fail' };
  };

  const reportError = (error: ServiceError, context: ErrorContext): void => {
    const { operation, attempt, metadata } = context;
    const facts = {
      kind: error.kind,
      reason: error.reason,
      operation,
      attempt,
      service: context.service || dependencies.service,
      metadata,
      cause: error.cause,
    };
    attemptTo(() => {
      if (error.retryable) monitoring.logWarn(error.message, facts);
      else monitoring.logError(error.message, facts);
    });
    attemptTo(() => monitoring.recordCounter(errorsTotal, 1, { kind: error.kind }));
  };

  return {
    handleError: (error, context) => {
      reportError(error, context);
      return decide(error, context);
    },
    classifyError,
    shouldRetry: (error, attempt) => {
      const policy = currentPolicy();
      return attempt < attemptsFor(policy, error, undefined) && (isPaced(error) || budget.allows(policy.retryBudget));
    },
    reportError,
  };
}

/** Reporting a failure must not become one, even when a host's monitoring breaks its own promise. */
function attemptTo(report: () => void): void {
  try {
    report();
  } catch {
    // There is nobody left to tell.
  }
}

function isPaced(error: ServiceError): boolean {
  return error.kind === 'rateLimit';
}
