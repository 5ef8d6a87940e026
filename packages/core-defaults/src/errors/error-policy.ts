import type { ErrorDecision, ServiceError, ServiceErrorKind } from '@quantumtrade/core-traits';

/** An exception to the default decisions. What a rule leaves out matches everything. */
export interface ErrorRule {
  readonly kind?: ServiceErrorKind | undefined;
  readonly reason?: string | undefined;
  /** The operation of the error's context. A rule with one never matches where no operation is known. */
  readonly operation?: string | undefined;
  readonly action: ErrorDecision['action'];
  /** Attempts in all when `action` is `retry`; the policy's when left out. */
  readonly maxAttempts?: number | undefined;
}

/** How failures are answered, as data. */
export interface ErrorPolicy {
  /**
   * Attempts in all, the first included.
   * @default 3
   */
  readonly maxAttempts: number;
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
}

/** The policy where nothing is configured. */
export const defaultErrorPolicy: ErrorPolicy = { maxAttempts: 3, baseDelayMs: 2_000, maxDelayMs: 10_000 };

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
  if (retryAfterMs !== undefined && retryAfterMs >= 0) return retryAfterMs * (1 + 0.1 * random);
  // Beyond 2^30 the cap has long been reached, and an infinite factor would make 0 * Infinity.
  const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(0, random * bound);
}
