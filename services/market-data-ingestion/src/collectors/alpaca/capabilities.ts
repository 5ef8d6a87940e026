import { type CollectorCapabilities, intervals } from '@quantumtrade/shared-types';

/** The most bars of one page. */
export const largestPage = 10_000;

/** What Alpaca offers. It rewrites every price of adjusted bars, and has no bars of currency pairs. */
export const alpacaCapabilities: CollectorCapabilities = {
  assets: {
    stock: {
      intervals,
      adjusted: { intraday: 'prices', daily: 'prices' },
      months: true,
      ranges: true,
      volume: true,
    },
    crypto: {
      intervals,
      adjusted: { intraday: 'none', daily: 'none' },
      months: true,
      ranges: true,
      volume: true,
    },
  },
  pageSize: largestPage,
};
