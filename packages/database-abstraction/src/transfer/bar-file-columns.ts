import type { BarFileFormat } from './bar-file.ts';

/** What the values of a column are, and so how they are written and checked. */
export type ColumnKind = 'text' | 'instant' | 'date' | 'decimal' | 'score' | 'words';

/**
 * The columns of a file of bars: those of the table, all of them, so that a restored bar is the same bar. A bar may be
 * without the `optional` ones.
 */
export const barFileColumns = [
  { name: 'symbol', kind: 'text' },
  { name: 'interval', kind: 'text' },
  { name: 'source', kind: 'text' },
  { name: 'adjustment', kind: 'text' },
  { name: 'open_time', kind: 'instant' },
  { name: 'ingested_at', kind: 'instant' },
  { name: 'session_date', kind: 'date' },
  { name: 'open', kind: 'decimal' },
  { name: 'high', kind: 'decimal' },
  { name: 'low', kind: 'decimal' },
  { name: 'close', kind: 'decimal' },
  { name: 'adjusted_close', kind: 'decimal', optional: true },
  { name: 'volume', kind: 'decimal', optional: true },
  { name: 'quality_score', kind: 'score' },
  { name: 'bar_label', kind: 'text' },
  { name: 'batch_id', kind: 'text' },
  { name: 'last_refreshed', kind: 'text', optional: true },
  { name: 'broken_rules', kind: 'words', optional: true },
] as const;

export type BarFileColumnName = (typeof barFileColumns)[number]['name'];

/**
 * The select list that writes a file. Parquet has exact decimals and UTC timestamps of its own; in CSV and JSON decimals
 * are text, because readers take a bare number for a float.
 */
export function writtenColumns(format: BarFileFormat): string {
  return barFileColumns.map(({ name, kind }) => `${writtenValue(name, kind, format)} AS ${name}`).join(', ');
}

function writtenValue(name: string, kind: ColumnKind, format: BarFileFormat): string {
  if (kind === 'words') return `arrayStringConcat(bars.${name}, ' ')`;
  if (kind === 'text') return `toString(bars.${name})`;
  if (kind === 'decimal' && format !== 'parquet') return `toString(bars.${name})`;
  return `bars.${name}`;
}

/** The types that a column of a Parquet file may have, so that nothing inexact comes in. */
const parquetTypes: Readonly<Record<ColumnKind, RegExp>> = {
  text: /^String$/,
  instant: /^DateTime/,
  date: /^Date(32)?$/,
  decimal: /^(Decimal|U?Int\d)/,
  score: /^U?Int\d/,
  words: /^String$/,
};

/** Whether a Parquet column's type, as the engine names it, holds the values of a column of bars exactly. */
export function fitsColumn(kind: ColumnKind, engineType: string): boolean {
  const inner = /^Nullable\((.*)\)$/.exec(engineType)?.[1] ?? engineType;
  return parquetTypes[kind].test(inner);
}

/** The select list that reads a file, every value as text. */
export function readColumns(format: BarFileFormat): string {
  return barFileColumns
    .map(({ name, kind }) => {
      if (format !== 'parquet') return `file.${name} AS ${name}`;
      return `${kind === 'instant' ? `toString(file.${name}, 'UTC')` : `toString(file.${name})`} AS ${name}`;
    })
    .join(', ');
}
