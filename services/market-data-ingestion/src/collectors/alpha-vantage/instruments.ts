import type { Instrument } from '@quantumtrade/core-traits';
import { vendorReasons } from './vendor-reason.ts';

/** What the collector measures. */
export const alphaVantageInstruments: { readonly duration: Instrument; readonly errors: Instrument } = {
  /** How long one request took, failed ones included; waiting for quota is not part of it. */
  duration: {
    name: 'alpha_vantage_api_duration_seconds',
    kind: 'timing',
    help: 'From sending a request to Alpha Vantage to having its answer classified.',
  },
  /** Requests that gave no bars. Requests that the local quota held back are not among them. */
  errors: {
    name: 'alpha_vantage_api_errors_total',
    kind: 'counter',
    help: 'Requests to Alpha Vantage that gave no bars, by reason.',
    labels: { reason: vendorReasons },
  },
};
