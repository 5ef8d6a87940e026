import { type Clock, isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { createQuota, type Quota } from '../alpha-vantage/quota.ts';
import { alpaca } from './vendor.ts';

/** Alpaca's limit of requests in any 60 seconds: the quota that all vendors share, with errors that name this one. */
export function alpacaQuota({ perMinute, clock }: { readonly perMinute: number; readonly clock: Clock }): Quota {
  const quota = createQuota({ perMinute, clock });
  return {
    acquire: async (options) => {
      try {
        await quota.acquire(options);
      } catch (error) {
        throw isServiceError(error) && error.kind === 'rateLimit' ? renamed(error) : error;
      }
    },
    refused: (error) => quota.refused(error),
  };
}

function renamed({ reason, retryable, retryAfterMs, message }: ServiceError): ServiceError {
  return new ServiceError({
    kind: 'rateLimit',
    service: alpaca.id,
    reason,
    retryable,
    retryAfterMs,
    message: message.replaceAll('Alpha Vantage', alpaca.name),
  });
}
