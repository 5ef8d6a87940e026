import { type Vendor, type VendorInstruments, vendorInstruments } from '@quantumtrade/market-data-ingestion';
import type { CollectorCapabilities } from '@quantumtrade/shared-types';

/** Its id is the `source` of its bars, its component in health, and the prefix of its metrics. */
export const acme: Vendor = { id: 'acme', name: 'Acme Markets' };

/** What the collector measures; give it to the monitoring provider with the service's own instruments. */
export const acmeInstruments: VendorInstruments = vendorInstruments(acme);

/** Everything else is refused before anything is sent. */
export const acmeCapabilities: CollectorCapabilities = {
  assets: {
    stock: {
      intervals: ['5min', 'daily'],
      adjusted: { intraday: 'none', daily: 'none' },
      months: false,
      ranges: false,
      volume: true,
    },
  },
};
