import { bytesOf, type NativeBlock, type NativeColumn } from '../engine/native-format.ts';
import { decimalColumns } from './bar-columns.ts';
import type { LaidOutDecimals } from './laid-out-decimals.ts';

/** One decimal column of a block: a flag a row where it may be absent, and 16 bytes a value. */
interface StoredColumn {
  readonly isNull: Uint8Array;
  readonly values: Uint8Array;
}

/** Columns of a batch in the order of {@link decimalColumns}; `undefined` for one the series does not have. */
export type LaidOutColumns = readonly (LaidOutDecimals | undefined)[];

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
  equalsWhole(openTime: Float64Array, decimals: LaidOutColumns, row: number): boolean {
    if (row + this.rows > openTime.length) return false;
    for (let i = 0; i < this.rows; i++) if (this.at[i] !== openTime[row + i]) return false;
    return this.#columns.every(({ isNull, values }, place) => {
      const mine = decimals[place];
      if (mine === undefined) return isNull.length > 0 && !isNull.includes(0);
      return !isNull.includes(1) && mine.equalsAll(row, values);
    });
  }

  /** Whether a row of a batch and a stored one have the same values. */
  equals(decimals: LaidOutColumns, row: number, storedRow: number): boolean {
    // A typed array needs its own alignment, which a part of the engine's answer does not have.
    this.#words ??= this.#columns.map(({ values }) => new Uint32Array(values.slice().buffer));
    for (let place = 0; place < this.#columns.length; place++) {
      const mine = decimals[place];
      const isAbsent = this.#columns[place]?.isNull[storedRow] === 1;
      if (mine === undefined || isAbsent) {
        if (mine !== undefined || !isAbsent) return false;
      } else if (!mine.equals(row, this.#words[place] as Uint32Array, storedRow * 4)) {
        return false;
      }
    }
    return true;
  }
}

/** The doubles of a column, whose bytes may begin anywhere. */
function doubles({ bytes }: NativeColumn): Float64Array {
  const values = new Float64Array(bytes.length / 8);
  bytesOf(values).set(bytes);
  return values;
}
