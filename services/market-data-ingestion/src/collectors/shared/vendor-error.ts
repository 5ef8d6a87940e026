import { ServiceError } from '@quantumtrade/core-traits';
import type { Vendor } from './vendor.ts';
import type { VendorReason } from './vendor-reason.ts';

/** A refusal on its way to becoming an error. */
export interface VendorRefusal {
  readonly vendor: Vendor;
  readonly reason: VendorReason;
  /** What the vendor did, to follow its name; without secrets. */
  readonly what: string;
  readonly statusCode: number;
  /** The wait that the vendor named, in milliseconds, for reasons of rate. */
  readonly retryAfterMs?: number | undefined;
  /** Only an outage is when left out; rate limits decide for themselves. */
  readonly retryable?: boolean | undefined;
}

/** Upper bounds: when the vendors' days begin is not documented. */
const defaultWaits: Partial<Record<VendorReason, number>> = {
  pacing: 1500,
  minuteQuota: 60_000,
  dailyQuota: 86_400_000,
};

/** The error that a refusal becomes: the kind follows from the reason, the same for every vendor. */
export function vendorError(refusal: VendorRefusal): ServiceError {
  const { vendor, reason, what, statusCode, retryAfterMs, retryable } = refusal;
  const message = `${vendor.name} ${what}`;
  const wait = defaultWaits[reason];
  if (wait !== undefined) {
    return new ServiceError({
      kind: 'rateLimit',
      service: vendor.id,
      reason,
      message,
      retryable: reason !== 'dailyQuota',
      retryAfterMs: retryAfterMs ?? wait,
    });
  }
  if (reason === 'noData') return new ServiceError({ kind: 'dataQuality', qualityScore: 0, reason, message });
  return new ServiceError({
    kind: 'externalApi',
    api: vendor.id,
    statusCode,
    reason,
    message,
    retryable: retryable ?? reason === 'outage',
  });
}

/** The error of a key that the vendor says is wrong: a person must change a setting. */
export function keyRefused(vendor: Vendor, what: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'authentication' satisfies VendorReason,
    retryable: false,
    message: `${vendor.name} ${what}`,
  });
}

/** What each reason means and what to do, to stand before the vendor's own words. */
export const explanations: Readonly<Record<VendorReason, string>> = {
  pacing: 'asks for requests that are further apart; go on a little later',
  minuteQuota: 'says the calls of this minute are used up; go on when the minute is over',
  dailyQuota: 'says the calls of this day are used up; go on tomorrow or change the plan',
  authentication: 'refuses the API key; set a valid one',
  premiumEndpoint: 'says this endpoint needs a premium plan; ask for other bars or change the plan',
  premiumParameter: 'says this parameter needs a premium plan; leave it out or change the plan',
  unknownRequest: 'does not know what was asked for; check the symbol',
  noData: 'has no rows',
  artificialSample: 'sent an invented sample in place of data of another plan; nothing was taken',
  outage: 'reports an error of its own; try again later',
  malformed: 'sent a broken answer',
  unknown: 'sent an unknown answer',
};
