import type { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionPriority } from '@quantumtrade/shared-types';

/** Why a request may not go yet. */
export type LimitReason = 'pacing' | 'minuteQuota' | 'dailyQuota';

export interface AcquireOptions {
  /** Ends the wait; the call rejects with the signal's reason and its slot goes to the next. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest acceptable wait in milliseconds; a longer one is refused as soon as it is foreseen. Any wait is acceptable
   * without it.
   */
  readonly patienceMs?: number | undefined;
  /** @default 'default' */
  readonly priority?: CollectionPriority | undefined;
}

/** One sliding window of a key's limits. */
export interface WindowUsage {
  readonly reason: LimitReason;
  /** Requests allowed in the window. */
  readonly limit: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  readonly used: number;
  readonly left: number;
  /** Milliseconds until the oldest request leaves the window; `undefined` for an empty window. */
  readonly freesInMs: number | undefined;
  /** Milliseconds until the window is empty if nothing more is sent; `undefined` for an empty window. */
  readonly emptyInMs: number | undefined;
}

/** What is used of a key's limits, as far as this side knows: only a refusal tells what the vendor has counted. */
export interface QuotaUsage {
  readonly windows: readonly WindowUsage[];
  /** Where requests are counted: for all processes together, or for this one. */
  readonly counted: 'together' | 'here';
  /** The vendor's latest refusal that still holds requests back. */
  readonly hold: { readonly reason: LimitReason; readonly forMs: number } | undefined;
}

/** Says when the next request may go. */
export interface Quota {
  /**
   * Resolves when a request may be sent: the more urgent first, then first come first served. Whoever waits grows more
   * urgent, so that nobody starves.
   *
   * @throws ServiceError of kind `rateLimit`, reason `pacing`, `minuteQuota` or `dailyQuota`, when that takes too long or
   * the day is spent; it takes no slot then.
   */
  acquire(options?: AcquireOptions): Promise<void>;
  /** Takes note that the vendor refused a request for its rate; other errors are passed over. */
  refused(error: ServiceError): void;
  /** What is used and left; sends nothing to the vendor. */
  usage?(): Promise<QuotaUsage>;
  /** Releases connections. It can be used again afterwards, and connects anew. */
  close?(): Promise<void>;
}

/** A quota that never waits and forgets refusals, for stand-ins of the vendor. */
export const unlimited: Quota = {
  acquire: async (options) => options?.signal?.throwIfAborted(),
  refused: () => {},
};
