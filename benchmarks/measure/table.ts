import { cpus } from 'node:os';

/** Writes a Markdown table, and under it what its figures are and what they were measured on. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[], note: string): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  const machine = `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}`;
  process.stdout.write(`${table}\n\n${note}; ${machine}.\n`);
}
