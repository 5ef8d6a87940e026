import type { ComponentHealth } from '@quantumtrade/core-traits';
import type { CorporateActionKind, RawCorporateActions } from '../actions/corporate-action.ts';
import type { Interval } from '../bars/interval.ts';
import type { RawBars } from '../bars/raw-bars.ts';
import type { CollectorCapabilities, DataEntitlement } from './collector-capabilities.ts';

/** Which bars to ask a vendor for. */
export interface BarRequest {
  readonly symbol: string;
  readonly interval: Interval;
  readonly adjusted: boolean;
  /** `compact` is the vendor's newest page, `full` all that one request can give. The collector's default otherwise. */
  readonly outputSize?: 'compact' | 'full' | undefined;
  /** Intraday only: one month, `2024-01`, instead of the newest bars. */
  readonly month?: string | undefined;
  /** Intraday only: whether bars before and after the regular session are asked for. The collector's default otherwise. */
  readonly extendedHours?: boolean | undefined;
  /** How fresh the bars shall be. The collector's default otherwise. */
  readonly entitlement?: DataEntitlement | undefined;
  /** Earliest opening of a bar, in milliseconds since the Unix epoch (UTC); for vendors that offer ranges. */
  readonly from?: number | undefined;
  /** Bars that open at this instant or later are left out; milliseconds as above. */
  readonly to?: number | undefined;
}

/** Which corporate actions to ask a vendor for. */
export interface CorporateActionRequest {
  readonly symbol: string;
  readonly kind: CorporateActionKind;
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

/**
 * Fetches bars from one vendor, without retrying: what follows a failure is not its decision. A vendor that answers in
 * pages is asked for all of them, so one call may send several requests.
 */
export interface MarketDataCollector {
  /** The `source` of its series, such as `alpha_vantage`. */
  readonly source: string;
  /**
   * What the vendor can be asked for: plain data that stays the same. A collector that leaves it out is asked for
   * anything, and has to refuse by itself.
   */
  readonly capabilities?: CollectorCapabilities | undefined;
  /** Prepares what fetching needs; called once before the first fetch. */
  connect?(): Promise<void>;
  /**
   * The vendor's bars for a request. What {@link MarketDataCollector.capabilities} rules out is refused before anything
   * is sent.
   *
   * @throws ServiceError of kind `rateLimit`, `configuration`, `externalApi` or `dataQuality` (no rows), with a reason:
   * `invalidSymbol` and `notOffered` for what was never sent. Rejects with the signal's reason when aborted.
   */
  fetchBars(request: BarRequest, options?: CollectorOptions): Promise<RawBars>;
  /**
   * All dividends or splits that the vendor knows of a symbol; an empty list where it says that there are none. Left out
   * by collectors of vendors that offer none. Refuses and rejects like {@link MarketDataCollector.fetchBars}.
   */
  fetchCorporateActions?(request: CorporateActionRequest, options?: CollectorOptions): Promise<RawCorporateActions>;
  /** How the vendor did in the last calls; asks nobody. */
  health(): ComponentHealth;
  /** Releases connections. */
  close?(): Promise<void>;
}
