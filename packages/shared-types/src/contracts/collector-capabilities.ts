import { ServiceError } from '@quantumtrade/core-traits';
import { type AssetClass, assetClassOf } from '../bars/asset.ts';
import { type Interval, intradayMilliseconds } from '../bars/interval.ts';
import type { BarRequest } from './market-data-collector.ts';

/**
 * How a vendor gives adjusted bars: every price rewritten for splits and dividends (`prices`), as-traded prices with an
 * adjusted close beside them (`adjustedClose`), or not at all (`none`).
 */
export type AdjustedForm = 'prices' | 'adjustedClose' | 'none';

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
  /** Whether the bars carry a volume. */
  readonly volume: boolean;
}

/** What a vendor can be asked for, as plain data. An asset class that is left out is not offered. */
export interface CollectorCapabilities {
  readonly assets: Readonly<Partial<Record<AssetClass, AssetCapabilities>>>;
  /** The most bars that one request to the vendor gives; `undefined` where it sets no limit. */
  readonly pageSize?: number | undefined;
}

/**
 * Refuses what a vendor does not offer, before anything is spent.
 *
 * @throws ServiceError of kind `configuration`, reason `notOffered`, which says what to leave out.
 */
export function requireOffered(capabilities: CollectorCapabilities, source: string, request: BarRequest): void {
  const { symbol, interval, adjusted, month, from, to } = request;
  const asset = assetClassOf(symbol);
  const offered = capabilities.assets[asset];
  if (offered === undefined) {
    const others = Object.keys(capabilities.assets).join(' and ');
    throw notOffered(`${source} has no ${asset} bars, which ${symbol} asks for: it has ${others}`);
  }
  if (!offered.intervals.includes(interval)) {
    throw notOffered(`${source} has no ${interval} bars of ${symbol}: use ${offered.intervals.join(', ')}`);
  }
  const form = intradayMilliseconds(interval) === undefined ? offered.adjusted.daily : offered.adjusted.intraday;
  if (adjusted && form === 'none') {
    throw notOffered(`${source} has no adjusted ${interval} bars of ${symbol}: ask for raw ones`);
  }
  if (month !== undefined && !offered.months) {
    throw notOffered(`${source} gives ${asset} bars by no month: leave the month out`);
  }
  if ((from !== undefined || to !== undefined) && !offered.ranges) {
    throw notOffered(`${source} gives ${asset} bars by no range of instants: leave from and to out`);
  }
}

function notOffered(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'notOffered', message });
}
