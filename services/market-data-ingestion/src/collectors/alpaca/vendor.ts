import type { Vendor } from '../shared/vendor.ts';

export const alpaca: Vendor = { id: 'alpaca', name: 'Alpaca' };
