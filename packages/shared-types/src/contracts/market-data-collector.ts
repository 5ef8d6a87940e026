import type { ComponentHealth } from '@quantumtrade/core-traits';
import type { Interval } from '../bars/interval.ts';
import type { RawBars } from '../bars/raw-bars.ts';

/** Which bars to ask a vendor for. */
export interface BarRequest {
  readonly symbol: string;
  readonly interval: Interval;
  readonly adjusted: boolean;
  /** `compact` is the vendor's newest page, `full` all that one request can give. The collector's default otherwise. */
  readonly outputSize?: 'compact' | 'full' | undefined;
  /** Intraday only: one month, `2024-01`, instead of the newest bars. */
  readonly month?: string | undefined;
}

/** How urgent a request is: of symbols that go first, of the others, or of history that nobody waits for. */
export type CollectionPriority = 'priority' | 'default' | 'backfill';

export interface CollectorOptions {
  /** Ends waiting and requests at once; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the caller can wait, in milliseconds: a wait for quota beyond it is refused at once as `rateLimit`. */
  readonly patienceMs?: number | undefined;
  /** Who goes first where requests wait for quota. @default 'default' */
  readonly priority?: CollectionPriority | undefined;
}

/** Fetches bars from one vendor, one request a call, without retrying: what follows a failure is not its decision. */
export interface MarketDataCollector {
  /** The `source` of its series, such as `alpha_vantage`. */
  readonly source: string;
  /** Prepares what fetching needs; called once before the first fetch. */
  connect?(): Promise<void>;
  /**
   * The vendor's bars for a request.
   *
   * @throws ServiceError of kind `rateLimit`, `configuration`, `externalApi` or `dataQuality` (no rows), with a reason.
   */
  fetchBars(request: BarRequest, options?: CollectorOptions): Promise<RawBars>;
  /** How the vendor did in the last calls; asks nobody. */
  health(): ComponentHealth;
  /** Releases connections. */
  close?(): Promise<void>;
}
