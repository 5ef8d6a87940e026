import type { CorporateActionKind } from '../actions/corporate-action.ts';
import type { AssetClass } from '../bars/asset.ts';
import type { Interval } from '../bars/interval.ts';

/**
 * How a vendor gives adjusted bars: every price rewritten for splits and dividends (`prices`), as-traded prices with an
 * adjusted close beside them (`adjustedClose`), or not at all (`none`).
 */
export type AdjustedForm = 'prices' | 'adjustedClose' | 'none';

/** How fresh bars are promised to be by a plan: as they happen, or some minutes later. */
export type DataEntitlement = 'realtime' | 'delayed';

/** What a vendor offers for one asset class. */
export interface AssetCapabilities {
  readonly intervals: readonly Interval[];
  readonly adjusted: {
    /** Of bars within the day. */
    readonly intraday: AdjustedForm;
    /** Of daily and longer bars. */
    readonly daily: AdjustedForm;
  };
  /** Whether intraday bars can be asked for by month. */
  readonly months: boolean;
  /** Whether bars can be asked for by instants, `from` and `to`. */
  readonly ranges: boolean;
  /** Whether a request can choose if it wants intraday bars outside of the regular session; not when left out. */
  readonly extendedHours?: boolean | undefined;
  /** Which promises of freshness a request can ask for; none when left out. */
  readonly entitlements?: readonly DataEntitlement[] | undefined;
  /** Whether the bars carry a volume. */
  readonly volume: boolean;
  /** Which corporate actions can be asked for; none when left out. */
  readonly corporateActions?: readonly CorporateActionKind[] | undefined;
}

/** What a vendor can be asked for, as plain data. An asset class that is left out is not offered. */
export interface CollectorCapabilities {
  readonly assets: Readonly<Partial<Record<AssetClass, AssetCapabilities>>>;
  /** The most bars that one request to the vendor gives; `undefined` where it sets no limit. */
  readonly pageSize?: number | undefined;
}
