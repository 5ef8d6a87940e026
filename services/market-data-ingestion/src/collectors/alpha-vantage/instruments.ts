import { type VendorInstruments, vendorInstruments } from '../shared/instruments.ts';
import { alphaVantage } from './vendor.ts';

/** What the collector measures. */
export const alphaVantageInstruments: VendorInstruments = vendorInstruments(alphaVantage);
