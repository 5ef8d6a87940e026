import {
  type AssetCapabilities,
  type CollectorCapabilities,
  corporateActionKinds,
  intervals,
} from '@quantumtrade/shared-types';

const pairs: Omit<AssetCapabilities, 'volume'> = {
  intervals,
  adjusted: { intraday: 'none', daily: 'none' },
  months: false,
  ranges: false,
};

/** What Alpha Vantage offers; which part of it a key's plan includes is for the vendor to say. */
export const alphaVantageCapabilities: CollectorCapabilities = {
  assets: {
    stock: {
      intervals,
      adjusted: { intraday: 'prices', daily: 'adjustedClose' },
      months: true,
      ranges: false,
      volume: true,
      extendedHours: true,
      entitlements: ['realtime', 'delayed'],
      corporateActions: corporateActionKinds,
    },
    fx: { ...pairs, volume: false },
    crypto: { ...pairs, volume: true },
  },
};
