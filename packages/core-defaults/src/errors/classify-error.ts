import type { ErrorClassification, ServiceError } from '@quantumtrade/core-traits';

/** Classifies a failure by its kind and whether it may pass by itself. */
export function classifyError(error: ServiceError): ErrorClassification {
  const { retryable } = error;
  switch (error.kind) {
    case 'configuration':
      return { type: 'permanent', severity: 'high', retryable, timeoutMs: 10_000 };
    case 'database':
      return retryable
        ? { type: 'transient', severity: 'high', retryable, timeoutMs: 60_000 }
        : { type: 'system', severity: 'critical', retryable, timeoutMs: 60_000 };
    case 'externalApi':
      return { type: retryable ? 'transient' : 'permanent', severity: 'medium', retryable, timeoutMs: 30_000 };
    case 'rateLimit':
      return { type: 'transient', severity: 'low', retryable, timeoutMs: 10_000 };
    case 'dataQuality':
      return { type: 'business', severity: 'medium', retryable, timeoutMs: 10_000 };
    // `system`, and whatever kind a later version of the contracts brings.
    default:
      return { type: 'system', severity: 'critical', retryable, timeoutMs: 10_000 };
  }
}
