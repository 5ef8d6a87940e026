import { ServiceError } from '@quantumtrade/core-traits';
import type { Vendor } from '../collectors/shared/vendor.ts';
import type { Slot } from './ledger.ts';
import type { LimitReason } from './quota.ts';

const explanations: Readonly<Record<LimitReason, string>> = {
  pacing: 'requests must be further apart',
  minuteQuota: 'the calls of this minute are used up',
  dailyQuota: 'the calls of 24 hours are used up',
};

/** The error of a request that was not sent because its slot would come too late. */
export function heldBack({ waitMs, reason, spent }: Slot, vendor: Vendor): ServiceError {
  const retryAfterMs = Math.ceil(waitMs);
  const why = spent ? 'the vendor said that the calls of this day are used up' : explanations[reason];
  return new ServiceError({
    kind: 'rateLimit',
    service: vendor.id,
    reason,
    retryable: reason !== 'dailyQuota',
    retryAfterMs,
    message: `no request was sent to ${vendor.name}: ${why}; the next may go in ${Math.ceil(retryAfterMs / 1000)} s`,
  });
}
