import { spread } from '../measure/summary.ts';
import { printTable } from '../measure/table.ts';
import type { ComparisonResult } from './compare.ts';

/** Writes the results as a Markdown table, with what they were measured on. */
export function printComparisons(results: readonly ComparisonResult[], rounds: number): void {
  const rows = results.map(({ name, against, ours, bare, ratio }) => [
    `${name} (${against})`,
    spread(ours, 0),
    spread(bare, 0),
    spread(ratio, 2),
  ]);
  const note = `Median (lowest to highest) of ${rounds} alternating rounds, for one operation`;
  printTable(['work', 'ours, ns', 'bare, ns', 'ratio'], rows, note);
}
