import { alpaca } from './alpaca/vendor.ts';
import { alphaVantage } from './alpha-vantage/vendor.ts';

/** The ids of the vendors of this package, as labels of metrics; those of a host's own vendors count as `other`. */
export const providers: readonly string[] = [alphaVantage.id, alpaca.id];
