import { ServiceError } from '@quantumtrade/core-traits';
import { assetClassOf } from '../bars/asset.ts';
import { intradayMilliseconds } from '../bars/interval.ts';
import type { CollectorCapabilities } from './collector-capabilities.ts';
import type { BarRequest, CorporateActionRequest } from './market-data-collector.ts';

/**
 * Refuses what a vendor does not offer, before anything is spent.
 *
 * @throws ServiceError of kind `configuration`, reason `notOffered`, which says what to leave out.
 */
export function requireOffered(capabilities: CollectorCapabilities, source: string, request: BarRequest): void {
  const { symbol, interval, adjusted, month, extendedHours, entitlement, from, to } = request;
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
  if (extendedHours !== undefined && offered.extendedHours !== true) {
    throw notOffered(`${source} gives no choice of extended hours for ${symbol}: leave extended hours out`);
  }
  if (entitlement !== undefined && !offered.entitlements?.includes(entitlement)) {
    throw notOffered(`${source} has no ${entitlement} entitlement for ${symbol}: leave the entitlement out`);
  }
  if ((from !== undefined || to !== undefined) && !offered.ranges) {
    throw notOffered(`${source} gives ${asset} bars by no range of instants: leave from and to out`);
  }
}

/**
 * Refuses corporate actions that a vendor does not offer, before anything is spent.
 *
 * @throws ServiceError of kind `configuration`, reason `notOffered`.
 */
export function requireActionsOffered(
  capabilities: CollectorCapabilities,
  source: string,
  { symbol, kind }: CorporateActionRequest,
): void {
  const offered = capabilities.assets[assetClassOf(symbol)]?.corporateActions ?? [];
  if (!offered.includes(kind)) throw notOffered(`${source} has no ${kind}s of ${symbol}: use another source or symbol`);
}

function notOffered(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'notOffered', message });
}
