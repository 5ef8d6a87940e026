import type { ServiceError } from './service-error.ts';

/** Where and when a failure happened. `metadata` must be free of secrets. */
export interface ErrorContext {
  readonly service: string;
  /** The step that failed, such as `fetch` or `store`. */
  readonly operation: string;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly timestamp: number;
  /** How many times the step has been tried, the failed one included; starts at 1. */
  readonly attempt: number;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** What to do about a failure. Only an `ErrorHandler` decides; callers carry it out. */
export type ErrorDecision =
  | { readonly action: 'retry'; readonly delayMs: number; readonly maxAttempts: number }
  | { readonly action: 'useCache' }
  | { readonly action: 'useDefault' }
  | { readonly action: 'fail' };

export interface ErrorClassification {
  /** `transient` passes by itself, `permanent` does not; `system` is the host's fault, `business` the data's. */
  readonly type: 'transient' | 'permanent' | 'system' | 'business';
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly retryable: boolean;
  /** How long one attempt of such an operation may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Classifies failures and decides what follows from them. No method throws. */
export interface ErrorHandler {
  /** Reports the failure and decides. A `retry` decision has `attempt < maxAttempts`. */
  handleError(error: ServiceError, context: ErrorContext): ErrorDecision;
  classifyError(error: ServiceError): ErrorClassification;
  /** Whether attempt number `attempt` (starting at 1) may be followed by another. */
  shouldRetry(error: ServiceError, attempt: number): boolean;
  /** Makes the failure visible to people and metrics, and does nothing else. */
  reportError(error: ServiceError, context: ErrorContext): void;
}
