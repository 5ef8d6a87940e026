import { ServiceError } from '@quantumtrade/core-traits';
import type { LimitReason } from './quota.ts';

/** Every limit is optional: what is left out does not limit. */
export interface QuotaLimits {
  /** Requests a second; fractions are allowed. */
  readonly perSecond?: number | undefined;
  /** Requests in any 60 seconds. */
  readonly perMinute?: number | undefined;
  /** Requests in any 24 hours. */
  readonly perDay?: number | undefined;
}

/** At most `limit` requests in any `ms` milliseconds. */
interface RateWindow {
  readonly reason: LimitReason;
  readonly limit: number;
  readonly ms: number;
  /** The vendor's own window, without what is added for safety. */
  readonly nominalMs: number;
}

/** Limits in the form that a ledger keeps to. */
export interface RatePlan {
  readonly windows: readonly RateWindow[];
  /** Even distance of requests in milliseconds: the emission interval of the generic cell rate algorithm. */
  readonly spacingMs: number;
  /** How much of a late start the next request may make up for; without it every late timer would cost throughput. */
  readonly toleranceMs: number;
  /** The limit that the spacing stands for. */
  readonly spacingReason: LimitReason;
}

const second = 1000;
const minute = 60_000;
const day = 86_400_000;

/**
 * Requests do not arrive as evenly as they are sent: windows are kept a fortieth longer than the vendor's, at most a
 * quarter of a second, which costs at most 2.5% of the rate.
 */
const guardShare = 1 / 40;
const longestGuardMs = 250;

/**
 * What limits mean for the times of requests. The limits of a second and of a minute are spread evenly; all of them are
 * windows that slide.
 *
 * @param scale makes every window so many times as long; for tests that cannot wait for a minute.
 * @throws ServiceError of kind `configuration`, reason `invalidQuota`, for limits below one request (`perSecond`: not
 * above 0).
 */
export function ratePlanOf({ perSecond, perMinute, perDay }: QuotaLimits, scale = 1): RatePlan {
  for (const limit of [perMinute, perDay]) {
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) throw invalidQuota();
  }
  if (perSecond !== undefined && !(perSecond > 0 && Number.isFinite(perSecond))) throw invalidQuota();
  const spread: RateWindow[] = [];
  if (perSecond !== undefined) {
    // Whole requests in a window of their own length: 2.5 a second are 3 in 1.2 s.
    const limit = Math.ceil(perSecond);
    spread.push(slidingWindow('pacing', limit, (limit / perSecond) * second * scale));
  }
  if (perMinute !== undefined) spread.push(slidingWindow('minuteQuota', perMinute, minute * scale));
  const widest = spread.toSorted((a, b) => b.ms / b.limit - a.ms / a.limit)[0];
  const spacingMs = widest === undefined ? 0 : widest.ms / widest.limit;
  return {
    windows: [...spread, ...(perDay === undefined ? [] : [slidingWindow('dailyQuota', perDay, day * scale)])],
    spacingMs,
    toleranceMs: Math.min(spacingMs / 4, 50),
    spacingReason: widest?.reason ?? 'pacing',
  };
}

/** The part of a plan that one of several processes may use when it does not know what the others do. */
export function shareOf(plan: RatePlan, share: number): RatePlan {
  const spacingMs = plan.spacingMs / share;
  return {
    ...plan,
    windows: plan.windows.map((window) => {
      const limit = Math.floor(window.limit * share);
      // Less than one request in a window is one in a longer window.
      if (limit >= 1) return { ...window, limit };
      const times = 1 / (window.limit * share);
      return { ...window, limit: 1, ms: window.ms * times, nominalMs: window.nominalMs * times };
    }),
    spacingMs,
    toleranceMs: Math.min(spacingMs / 4, 50),
  };
}

function slidingWindow(reason: LimitReason, limit: number, nominalMs: number): RateWindow {
  return { reason, limit, nominalMs, ms: nominalMs + Math.min(nominalMs * guardShare, longestGuardMs) };
}

function invalidQuota(): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidQuota',
    message: 'limits of requests to a vendor must be whole numbers of at least 1 (a second: above 0)',
  });
}
