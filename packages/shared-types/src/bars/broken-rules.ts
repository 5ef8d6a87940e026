/**
 * The quality rules that the rows of a batch broke: each distinct combination once, and for every row which of them it
 * is. Most rows break none and few combinations ever occur, so a row costs one number.
 */
export interface BrokenRulesColumn {
  /** At most 65,536. A row that broke nothing has an empty one. */
  readonly combinations: readonly (readonly string[])[];
  /** By row: a position in `combinations`. */
  readonly index: Uint16Array;
}

const none: readonly string[] = [];

/** The rules that one row of a batch broke, in the order they are checked; empty when it broke none. */
export function brokenRulesAt(
  { brokenRules }: { readonly brokenRules?: BrokenRulesColumn | undefined },
  row: number,
): readonly string[] {
  return brokenRules?.combinations[brokenRules.index[row] ?? -1] ?? none;
}
