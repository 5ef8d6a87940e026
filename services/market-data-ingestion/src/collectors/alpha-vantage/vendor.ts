import type { Vendor } from '../shared/vendor.ts';

export const alphaVantage: Vendor = { id: 'alpha_vantage', name: 'Alpha Vantage' };
