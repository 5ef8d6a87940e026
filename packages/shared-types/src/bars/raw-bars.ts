import type { BarLabel, Series } from './series.ts';

/** The names of the values that a vendor may give for a bar. */
export type BarField = 'open' | 'high' | 'low' | 'close' | 'adjustedClose' | 'volume';

/** Where each row's text stands in {@link RawBars.text}: bytes `starts[i]` up to `ends[i]`. Empty means absent. */
export interface TextColumn {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Bars exactly as a vendor wrote them, in the order of its answer: columns of text that point into the answer's bytes.
 * Nothing is converted yet, so that a rejected row can be kept word for word.
 */
export interface RawBars {
  readonly series: Series;
  /** IANA zone of the labels, such as `America/New_York`. */
  readonly timeZone: string;
  readonly barLabel: BarLabel;
  /** The vendor's own word for how fresh the data is, where it gives one. */
  readonly lastRefreshed?: string | undefined;
  /** The bytes that the columns point into (UTF-8). */
  readonly text: Uint8Array;
  readonly length: number;
  /** Local time of the bar, `2024-01-02 09:30:00` or `2024-01-02`. */
  readonly label: TextColumn;
  /** A field that the series does not have at all (volume in currencies) is left out. */
  readonly values: Readonly<Partial<Record<BarField, TextColumn>>>;
}

/** What describes raw bars beside their rows. */
export type RawBarsHeader = Pick<RawBars, 'series' | 'timeZone' | 'barLabel' | 'lastRefreshed'>;

/** One row of {@link rawBarsFromRows}. */
export type RawBarRow = { readonly label: string } & Readonly<Partial<Record<BarField, string>>>;

const fields: readonly BarField[] = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'];

/** Raw bars from rows of text, for collectors whose speed does not matter and for tests. */
export function rawBarsFromRows(header: RawBarsHeader, rows: readonly RawBarRow[]): RawBars {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let size = 0;
  const column = (textOf: (row: RawBarRow) => string | undefined): TextColumn => {
    const starts = new Uint32Array(rows.length);
    const ends = new Uint32Array(rows.length);
    for (const [i, row] of rows.entries()) {
      const bytes = encoder.encode(textOf(row) ?? '');
      starts[i] = size;
      size += bytes.length;
      ends[i] = size;
      parts.push(bytes);
    }
    return { starts, ends };
  };
  const label = column((row) => row.label);
  const values: Partial<Record<BarField, TextColumn>> = {};
  for (const field of fields) {
    if (rows.some((row) => row[field] !== undefined)) values[field] = column((row) => row[field]);
  }
  const text = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
  }
  return { ...header, text, length: rows.length, label, values };
}

// A byte order mark is the vendor's text too: without the option it would be dropped.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of one row in one column; `undefined` when the vendor gave none. */
export function textAt(raw: RawBars, column: TextColumn | undefined, row: number): string | undefined {
  const start = column?.starts[row] ?? 0;
  const end = column?.ends[row] ?? 0;
  return end > start ? decoder.decode(raw.text.subarray(start, end)) : undefined;
}
