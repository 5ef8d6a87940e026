import type { Instrument } from '@quantumtrade/core-traits';
import { providers } from '../providers.ts';
import { vendorReasons } from './vendor-reason.ts';

/** What requests to vendors are for. */
const endpoints = ['bars', 'actions'] as const;

export type VendorEndpoint = (typeof endpoints)[number];

/** What is measured of all vendors under the same names, beside the instruments that each one has of its own. */
export const providerInstruments: Readonly<Record<'latency' | 'errors', Instrument>> = {
  latency: {
    name: 'provider_latency_seconds',
    kind: 'timing',
    help: 'From sending a request to a vendor to having its answer classified, failed ones included.',
    labels: { provider: providers },
  },
  errors: {
    name: 'provider_errors_total',
    kind: 'counter',
    help: 'Requests to a vendor that gave no data, by reason.',
    labels: { provider: providers, endpoint: endpoints, code: vendorReasons },
  },
};
