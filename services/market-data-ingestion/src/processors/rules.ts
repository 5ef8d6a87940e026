import type { BrokenRulesColumn } from '@quantumtrade/shared-types';

/** Rules of a value that cannot be kept exactly as the vendor wrote it. */
export type ValueRule = 'missing_value' | 'malformed_number' | 'value_not_exact';

/** Rules of a label that does not name exactly one instant that the store can hold. */
export type TimeRule =
  | 'malformed_time'
  | 'unknown_time_zone'
  | 'nonexistent_time'
  | 'ambiguous_time'
  | 'time_out_of_range';

/** Rules that lower the score of a converted row. */
export type ScoringRule =
  | 'high_below_low'
  | 'open_outside_range'
  | 'close_outside_range'
  | 'non_positive_price'
  | 'low_volume'
  | 'excessive_deviation';

/** Every rule that a quarantined row can have broken. */
export type Rule = TimeRule | ValueRule | ScoringRule | 'conflicting_duplicate';

/** Every {@link Rule}; a `Record` so that the compiler notices a missing one. */
const known: Record<Rule, true> = {
  missing_value: true,
  malformed_number: true,
  value_not_exact: true,
  malformed_time: true,
  unknown_time_zone: true,
  nonexistent_time: true,
  ambiguous_time: true,
  time_out_of_range: true,
  high_below_low: true,
  open_outside_range: true,
  close_outside_range: true,
  non_positive_price: true,
  low_volume: true,
  excessive_deviation: true,
  conflicting_duplicate: true,
};

/** Every {@link Rule}, for labels. */
export const rules: readonly Rule[] = Object.keys(known) as Rule[];

/** The bit of each scoring rule in a row's set of broken rules. */
export const ruleBits = {
  highBelowLow: 1,
  openOutsideRange: 2,
  closeOutsideRange: 4,
  nonPositivePrice: 8,
  lowVolume: 16,
  excessiveDeviation: 32,
} as const;

const penalties: readonly { readonly bit: number; readonly rule: ScoringRule; readonly points: number }[] = [
  { bit: ruleBits.highBelowLow, rule: 'high_below_low', points: 50 },
  { bit: ruleBits.openOutsideRange, rule: 'open_outside_range', points: 20 },
  { bit: ruleBits.closeOutsideRange, rule: 'close_outside_range', points: 20 },
  { bit: ruleBits.nonPositivePrice, rule: 'non_positive_price', points: 50 },
  { bit: ruleBits.lowVolume, rule: 'low_volume', points: 10 },
  { bit: ruleBits.excessiveDeviation, rule: 'excessive_deviation', points: 15 },
];

/** The scoring rules in a set, in the order they are checked. */
export function rulesIn(broken: number): ScoringRule[] {
  return penalties.filter(({ bit }) => (broken & bit) !== 0).map(({ rule }) => rule);
}

/** The score of every set of broken rules, 0 to 100, by the set's bits. */
export const scoreOf: Uint8Array = Uint8Array.from({ length: 2 ** penalties.length }, (_, broken) => {
  const lost = penalties.reduce((sum, { bit, points }) => sum + ((broken & bit) !== 0 ? points : 0), 0);
  return Math.max(0, 100 - lost);
});

/** The sets of broken rules of some rows as a column, each distinct set named once; `undefined` when no row broke any. */
export function brokenRulesOf(sets: Uint8Array): BrokenRulesColumn | undefined {
  // `every` calls a function a row: 2.8 ms for 200,000 rows in place of 0.15.
  let any = 0;
  for (let row = 0; row < sets.length; row++) any |= sets[row] as number;
  if (any === 0) return undefined;
  const combinations: ScoringRule[][] = [];
  const positions = new Int8Array(scoreOf.length).fill(-1);
  const index = new Uint16Array(sets.length);
  for (let row = 0; row < sets.length; row++) {
    const broken = sets[row] as number;
    if (positions[broken] === -1) positions[broken] = combinations.push(rulesIn(broken)) - 1;
    index[row] = positions[broken] as number;
  }
  return { combinations, index };
}
