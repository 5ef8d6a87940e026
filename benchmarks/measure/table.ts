import { cpus } from 'node:os';

/** A Markdown table. Its columns are as wide as they need to be, figures to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map(width)),
  );
  const figures = head.map(
    (_, column) => column > 0 && rows.every((row) => /^([-\d.,x% ()]|to)*$/.test(row[column] ?? '')),
  );
  const cell = (text: string, column: number): string => {
    const fill = ' '.repeat((widths[column] as number) - width(text));
    return figures[column] ? fill + text : text + fill;
  };
  const line = (cells: readonly string[]): string => `| ${head.map((_, i) => cell(cells[i] ?? '', i)).join(' | ')} |`;
  const rule = widths.map((wide, i) => (figures[i] ? `${'-'.repeat(wide - 1)}:` : '-'.repeat(wide)));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Writes a Markdown table, and under it what its figures are and what they were measured on. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[], note: string): void {
  process.stdout.write(`${markdownTable(head, rows)}\n\n${note}; ${machineText()}.\n`);
}

/** What figures were measured on. */
function machineText(): string {
  return `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}`;
}

/** Characters, not code units. */
function width(text: string): number {
  return [...text].length;
}
