import type { Instrument, Labels } from '@quantumtrade/core-traits';

/** One call that recorded a value. A timing's value is in milliseconds, as it was given. */
export interface Observation {
  readonly kind: Instrument['kind'];
  readonly name: string;
  readonly value: number;
  readonly labels: Labels;
}
