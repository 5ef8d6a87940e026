import { decodeInt64 } from '../engine/int64.ts';
import type { NativeBlock, NativeColumn } from '../engine/native-format.ts';
import { decimalColumns, type EncodedDecimals } from './bar-columns.ts';

/** One decimal column of a block: a flag a row where it may be absent, and 16 bytes a value. */
interface StoredColumn {
  readonly isNull: Uint8Array;
  readonly values: Uint8Array;
}

const valueBytes = 16;

/** Stored versions of bars in a block of `comparableColumns`. */
export class StoredReader {
  readonly rows: number;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly at: Float64Array;
  readonly version: Float64Array;
  /** 1 where the batch that asks stored the row. */
  readonly own: Uint8Array;
  readonly #columns: readonly StoredColumn[];
  #words: readonly Uint32Array[] | undefined;

  constructor(block: NativeBlock) {
    const column = (name: string): NativeColumn => {
      const found = block.columns.find((candidate) => candidate.name === name);
      if (found === undefined) throw new RangeError(`column ${name} is missing from the engine's answer`);
      return found;
    };
    this.rows = block.rows;
    this.at = decodeInt64(column('at').bytes.slice());
    this.version = decodeInt64(column('version').bytes.slice());
    this.own = column('own').bytes;
    this.#columns = decimalColumns.map((name) => {
      const { type, bytes } = column(`${name}_value`);
      const flags = type.startsWith('Nullable(') ? block.rows : 0;
      return { isNull: bytes.subarray(0, flags), values: bytes.subarray(flags) };
    });
  }

  /** Whether the block has just the bars from a row on, one version each, with the same values: as unchanged data is. */
  equalsWhole(openTime: Float64Array, decimals: EncodedDecimals, row: number): boolean {
    if (row + this.rows > openTime.length) return false;
    for (let i = 0; i < this.rows; i++) if (this.at[i] !== openTime[row + i]) return false;
    return this.#columns.every(({ isNull, values }, at) => {
      const mine = decimals[at];
      if (mine === undefined) return isNull.length > 0 && !isNull.includes(0);
      // Whole columns at once: value by value, 200,000 bars took a tenth of a second.
      const start = mine.byteOffset + row * valueBytes;
      return !isNull.includes(1) && Buffer.from(mine.buffer, start, this.rows * valueBytes).equals(values);
    });
  }

  /** Whether a row of a batch and a stored one have the same values. */
  equals(decimals: EncodedDecimals, row: number, storedRow: number): boolean {
    // A typed array needs its own alignment, which a part of the engine's answer does not have.
    this.#words ??= this.#columns.map(({ values }) => new Uint32Array(values.slice().buffer));
    for (let column = 0; column < this.#columns.length; column++) {
      const mine = decimals[column];
      const isAbsent = this.#columns[column]?.isNull[storedRow] === 1;
      if (mine === undefined || isAbsent) {
        if (mine !== undefined || !isAbsent) return false;
      } else if (!equalWords(mine, row * 4, this.#words[column] as Uint32Array, storedRow * 4)) {
        return false;
      }
    }
    return true;
  }
}

function equalWords(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2] && a[i + 3] === b[j + 3];
}
