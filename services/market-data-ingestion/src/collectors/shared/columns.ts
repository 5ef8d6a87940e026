import type { BarField, TextColumn } from '@quantumtrade/shared-types';

/** The fields in the order of their number in {@link ColumnsBuilder}. */
const barFields: readonly BarField[] = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'];

/** The rows of an answer as ranges into its bytes. */
export interface SeriesColumns {
  readonly length: number;
  readonly label: TextColumn;
  readonly values: Readonly<Partial<Record<BarField, TextColumn>>>;
}

/** `1a. open (EUR)`: until 2024 prices of digital currencies came twice, first in the market's currency, then in USD. */
const inMarketCurrency = /^\d{1,2}a\. (open|high|low|close) \([A-Z]{3,5}\)$/;

/** The number of the field that a vendor's name stands for, whatever its prefix, case and separator; -1 for others. */
export function fieldNumber(name: string): number {
  switch (inMarketCurrency.exec(name)?.[1] ?? plainName(name)) {
    case 'open':
      return 0;
    case 'high':
      return 1;
    case 'low':
      return 2;
    case 'close':
      return 3;
    case 'adjusted close':
      return 4;
    case 'volume':
      return 5;
    default:
      return -1;
  }
}

/** `5. adjusted close`, `adjusted_close` and `Adjusted Close` all give `adjusted close`. */
export function plainName(name: string): string {
  return name
    .trim()
    .replace(/^\d{1,3}[a-z]?\.\s*/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
}

/**
 * Collects rows into columns. A field that one row gives twice is emptied in that row: which of the two is meant
 * cannot be known, and an empty value sends the row to quarantine.
 */
export class ColumnsBuilder {
  #capacity: number;
  #length = 0;
  #seen = 0;
  #everSeen = 0;
  #label: Ranges;
  readonly #fields: Ranges[];

  /** `expectedRows` only saves growing. */
  constructor(expectedRows: number) {
    this.#capacity = Math.max(16, expectedRows);
    this.#label = ranges(this.#capacity);
    this.#fields = barFields.map(() => ranges(this.#capacity));
  }

  /** Begins a row; its values are empty until set. */
  addRow(labelStart: number, labelEnd: number): void {
    if (this.#length === this.#capacity) this.#grow();
    this.#label.starts[this.#length] = labelStart;
    this.#label.ends[this.#length] = labelEnd;
    this.#length++;
    this.#seen = 0;
  }

  /** Replaces the label of the row begun last. */
  setLabel(start: number, end: number): void {
    this.#label.starts[this.#length - 1] = start;
    this.#label.ends[this.#length - 1] = end;
  }

  /** Sets a value of the row begun last. */
  setValue(field: number, start: number, end: number): void {
    const row = this.#length - 1;
    const bit = 1 << field;
    const repeated = (this.#seen & bit) !== 0;
    const column = this.#fields[field] as Ranges;
    column.starts[row] = repeated ? 0 : start;
    column.ends[row] = repeated ? 0 : end;
    this.#seen |= bit;
    this.#everSeen |= bit;
  }

  /** Adds a row whose fields are all different: `bounds` has the start and the end of its label, then of each value. */
  addWholeRow(fields: readonly number[], bounds: Uint32Array): void {
    this.addRow(bounds[0] as number, bounds[1] as number);
    const row = this.#length - 1;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as number;
      if (field < 0) continue;
      const { starts, ends } = this.#fields[field] as Ranges;
      starts[row] = bounds[2 * i + 2] as number;
      ends[row] = bounds[2 * i + 3] as number;
      this.#everSeen |= 1 << field;
    }
  }

  /** Empties the values of the row begun last. */
  clearRow(): void {
    for (const column of this.#fields) {
      column.starts[this.#length - 1] = 0;
      column.ends[this.#length - 1] = 0;
    }
  }

  /** The columns; fields that no row had are left out unless `present` names them. */
  build(present: readonly number[] = []): SeriesColumns {
    const values: Partial<Record<BarField, TextColumn>> = {};
    for (const [number, field] of barFields.entries()) {
      if ((this.#everSeen & (1 << number)) !== 0 || present.includes(number)) {
        values[field] = cut(this.#fields[number] as Ranges, this.#length);
      }
    }
    return { length: this.#length, label: cut(this.#label, this.#length), values };
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#label = grown(this.#label, this.#capacity);
    for (const [i, column] of this.#fields.entries()) this.#fields[i] = grown(column, this.#capacity);
  }
}

interface Ranges {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

function ranges(capacity: number): Ranges {
  // Memory of their own for each would take a small payload longer than filling it.
  const both = new Uint32Array(2 * capacity);
  return { starts: both.subarray(0, capacity), ends: both.subarray(capacity) };
}

function grown(column: Ranges, capacity: number): Ranges {
  const larger = ranges(capacity);
  larger.starts.set(column.starts);
  larger.ends.set(column.ends);
  return larger;
}

function cut(column: Ranges, length: number): TextColumn {
  return { starts: column.starts.subarray(0, length), ends: column.ends.subarray(0, length) };
}
