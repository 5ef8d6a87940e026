/** One figure over the rounds of a measurement. */
export interface Measured {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function summary(values: readonly number[]): Measured {
  return { median: quantile(values, 0.5), lowest: quantile(values, 0), highest: quantile(values, 1) };
}

/** The value that the share `of` (0 to 1) of all values does not exceed, between two values where it lies there. */
export function quantile(values: readonly number[], of: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * of;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** `median (lowest to highest)`. */
export function spread({ median, lowest, highest }: Measured, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
