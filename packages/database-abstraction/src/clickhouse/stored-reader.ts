import type { DecimalColumn } from '@quantumtrade/shared-types';
import { encodeDecimal128Into } from '../engine/decimal128.ts';
import { bytesOf, type NativeBlock, type NativeColumn } from '../engine/native-format.ts';
import { type BarDecimals, decimalColumns } from './bar-columns.ts';

/** One decimal column of a block: a flag a row where it may be absent, and 16 bytes a value. */
interface StoredColumn {
  readonly isNull: Uint8Array;
  readonly values: Uint8Array;
}

const valueBytes = 16;

/**
 * Values of a batch are laid out as the engine's are a stretch at a time, here: they stay in the processor's cache, and
 * laying a whole column out takes longer for the memory alone.
 */
const rowsOfStretch = 2_048;
const stretch = new Uint32Array(4 * rowsOfStretch);
const stretchBytes = Buffer.from(stretch.buffer);

/** Stored versions of bars in a block of `comparableColumns`. */
export class StoredReader {
  readonly rows: number;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly at: Float64Array;
  readonly version: Float64Array;
  /** 1 where the batch that asks stored the row. */
  readonly own: Uint8Array;
  readonly #columns: readonly StoredColumn[];

  constructor(block: NativeBlock) {
    const column = (name: string): NativeColumn => {
      const found = block.columns.find((candidate) => candidate.name === name);
      if (found === undefined) throw new RangeError(`column ${name} is missing from the engine's answer`);
      return found;
    };
    this.rows = block.rows;
    this.at = doubles(column('at'));
    this.version = doubles(column('version'));
    this.own = column('own').bytes;
    this.#columns = decimalColumns.map((name) => {
      const { type, bytes } = column(`${name}_value`);
      const flags = type.startsWith('Nullable(') ? block.rows : 0;
      return { isNull: bytes.subarray(0, flags), values: bytes.subarray(flags) };
    });
  }

  /** Whether the block has just the bars from a row on, one version each, with the same values: as unchanged data is. */
  equalsWhole(openTime: Float64Array, decimals: BarDecimals, row: number): boolean {
    if (row + this.rows > openTime.length) return false;
    for (let i = 0; i < this.rows; i++) if (this.at[i] !== openTime[row + i]) return false;
    return this.#columns.every(({ isNull, values }, place) => {
      const mine = decimals[place];
      if (mine === undefined) return isNull.length > 0 && !isNull.includes(0);
      return !isNull.includes(1) && equalColumns(mine, row, values, this.rows);
    });
  }

  /** Whether a row of a batch and a stored one have the same values. */
  equals(decimals: BarDecimals, row: number, storedRow: number): boolean {
    return this.#columns.every(({ isNull, values }, place) => {
      const mine = decimals[place];
      const isAbsent = isNull[storedRow] === 1;
      if (mine === undefined || isAbsent) return mine === undefined && isAbsent;
      return equalValue(mine, row, values, storedRow * valueBytes);
    });
  }
}

/** Whether a value of a column is the one in the bytes from a place on. */
function equalValue(mine: DecimalColumn, row: number, values: Uint8Array, start: number): boolean {
  encodeDecimal128Into(stretch, mine, row, row + 1);
  for (let i = 0; i < valueBytes; i++) if (values[start + i] !== stretchBytes[i]) return false;
  return true;
}

/** Whether the values of a column from a row on are those in so many bytes as so many values take. */
function equalColumns(mine: DecimalColumn, row: number, values: Uint8Array, rows: number): boolean {
  for (let from = 0; from < rows; from += rowsOfStretch) {
    const to = Math.min(from + rowsOfStretch, rows);
    encodeDecimal128Into(stretch, mine, row + from, row + to);
    // Many bytes at once: value by value, 200,000 bars took a tenth of a second.
    const theirs = values.subarray(from * valueBytes, to * valueBytes);
    if (!stretchBytes.subarray(0, theirs.length).equals(theirs)) return false;
  }
  return true;
}

/** The doubles of a column, whose bytes may begin anywhere. */
function doubles({ bytes }: NativeColumn): Float64Array {
  const values = new Float64Array(bytes.length / 8);
  bytesOf(values).set(bytes);
  return values;
}
