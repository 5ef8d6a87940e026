import { type VendorInstruments, vendorInstruments } from '../shared/instruments.ts';
import { alpaca } from './vendor.ts';

/** What the collector measures; a bar request of several pages counts once a page. */
export const alpacaInstruments: VendorInstruments = vendorInstruments(alpaca);
