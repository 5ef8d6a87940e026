import { cpus } from 'node:os';
import type { ComparisonResult, Measured } from './compare.ts';

/** Writes the results as a Markdown table, with what they were measured on. */
export function printTable(results: readonly ComparisonResult[], rounds: number): void {
  const head = ['work', 'ours, ns', 'bare, ns', 'ratio'];
  const rows = results.map(({ name, against, ours, bare, ratio }) => [
    `${name} (${against})`,
    spread(ours, 0),
    spread(bare, 0),
    spread(ratio, 2),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  process.stdout.write(
    `${table}\n\nMedian (lowest to highest) of ${rounds} alternating rounds, for one operation; ` +
      `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}.\n`,
  );
}

function spread({ median, lowest, highest }: Measured, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
