import type { Instrument } from '@quantumtrade/core-traits';
import type { Vendor } from './vendor.ts';
import { vendorReasons } from './vendor-reason.ts';

/** What a collector measures. */
export interface VendorInstruments {
  /** How long one request took, failed ones included; waiting for quota is not part of it. */
  readonly duration: Instrument;
  /** Requests that gave no bars. Requests that the local quota held back are not among them. */
  readonly errors: Instrument;
}

/** The instruments of one vendor's collector. */
export function vendorInstruments({ id, name }: Vendor): VendorInstruments {
  return {
    duration: {
      name: `${id}_api_duration_seconds`,
      kind: 'timing',
      help: `From sending a request to ${name} to having its answer classified.`,
    },
    errors: {
      name: `${id}_api_errors_total`,
      kind: 'counter',
      help: `Requests to ${name} that gave no data, by reason.`,
      labels: { reason: vendorReasons },
    },
  };
}
