/** One figure over the rounds of a measurement. */
export interface Measured {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function summary(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    lowest: sorted[0] ?? Number.NaN,
    highest: sorted.at(-1) ?? Number.NaN,
  };
}

/** `median (lowest to highest)`. */
export function spread({ median, lowest, highest }: Measured, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
