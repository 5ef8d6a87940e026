import type { ErrorDecision, ServiceError, ServiceErrorKind } from '@quantumtrade/core-traits';
import type { RetryBudgetLimits } from './retry-budget.ts';

/** An exception to the default decisions. What a rule leaves out matches everything. */
export interface ErrorRule {
  readonly kind?: ServiceErrorKind | undefined;
  readonly reason?: string | undefined;
  /** The operation of the error's context. A rule with one never matches where no operation is known. */
  readonly operation?: string | undefined;
  readonly action: ErrorDecision['action'];
  /** Attempts in all when `action` is `retry`; those of the operation, or the policy's, when left out. */
  readonly maxAttempts?: number | undefined;
}

/** How failures are answered, as data. */
export interface ErrorPolicy {
  /**
   * Attempts in all, the first included.
   * @default 3
   */
  readonly maxAttempts: number;
  /** Attempts in all for single operations, where they differ from `maxAttempts`. */
  readonly maxAttemptsByOperation?: Readonly<Record<string, number>> | undefined;
  /**
   * Upper bound of the wait after the first attempt, in milliseconds; it doubles with each further one.
   * @default 2000
   */
  readonly baseDelayMs: number;
  /**
   * What the upper bound grows to at most, in milliseconds. A retry time that the error itself names is not capped.
   * @default 10000
   */
  readonly maxDelayMs: number;
  /** The first rule that matches wins; none by default. */
  readonly rules?: readonly ErrorRule[] | undefined;
  /**
   * Bounds the retries of all operations together. When it is spent, a failure is decided as if no attempt were left.
   * @default a ratio of 0.2 and at least 10 retries a minute
   */
  readonly retryBudget: RetryBudgetLimits;
}

/** The policy where nothing is configured. */
export const defaultErrorPolicy: ErrorPolicy = {
  maxAttempts: 3,
  baseDelayMs: 2_000,
  maxDelayMs: 10_000,
  retryBudget: { ratio: 0.2, minRetriesPerMinute: 10 },
};

/** How many attempts an operation may have in all where no rule says otherwise. */
export function attemptsOf(policy: ErrorPolicy, operation: string | undefined): number {
  const { maxAttemptsByOperation: byOperation = {}, maxAttempts } = policy;
  const own = operation !== undefined && Object.hasOwn(byOperation, operation) ? byOperation[operation] : undefined;
  return own ?? maxAttempts;
}

/** The first rule that matches an error. */
export function matchingRule(
  policy: ErrorPolicy,
  error: ServiceError,
  operation: string | undefined,
): ErrorRule | undefined {
  return policy.rules?.find(
    (rule) =>
      (rule.kind === undefined || rule.kind === error.kind) &&
      (rule.reason === undefined || rule.reason === error.reason) &&
      (rule.operation === undefined || rule.operation === operation),
  );
}

/**
 * How long to wait after attempt number `attempt`, in milliseconds. `random` is in [0, 1).
 *
 * A retry time of the error's own is kept, with up to a tenth on top so that callers do not return all at once;
 * otherwise exponential backoff with full jitter.
 */
export function retryDelayMs(policy: ErrorPolicy, error: ServiceError, attempt: number, random: number): number {
  const { retryAfterMs } = error;
  // Whoever says "never" has named no time.
  if (retryAfterMs !== undefined && retryAfterMs >= 0 && Number.isFinite(retryAfterMs * 1.1))
    return retryAfterMs * (1 + 0.1 * random);
  // Beyond 2^30 the cap has long been reached, and an infinite factor would make 0 * Infinity.
  const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(0, random * bound);
}
