import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  decodeNativeBlocks,
  dictionaryArrayColumn,
  encodeNativeBlock,
  nullable,
  stringArrayColumn,
  stringColumn,
} from './native-format.ts';

describe('Native format', () => {
  it('reads back the fixed-width columns that it wrote, block by block', () => {
    const at = { name: 'at', type: 'Int64', bytes: bytesOf(BigInt64Array.of(1n, -2n, 3n)) };
    const words = { name: 'v', type: 'Decimal(38, 18)', bytes: new Uint8Array(48).fill(7) };
    const column = nullable(words, Uint8Array.of(0, 1, 0));
    const bytes = encodeNativeBlock({ rows: 3, columns: [at, column] });
    const twice = Buffer.concat([bytes, bytes]);
    const expected = { rows: 3, columns: [at, column] };
    expect(decodeNativeBlocks(twice).map(plain)).toEqual([plain(expected), plain(expected)]);
  });

  it('writes lists out of a dictionary as it writes them row by row', () => {
    const values = [[], ['é', ''], ['x'.repeat(200)]];
    const rows = [1, 0, 0, 2, 1];
    const whole = stringArrayColumn(
      'r',
      rows.map((row) => values[row] as string[]),
    );
    expect(dictionaryArrayColumn('r', values, Uint16Array.from(rows))).toEqual(whole);
    expect(dictionaryArrayColumn('r', [], new Uint16Array(0))).toEqual(stringArrayColumn('r', []));
  });

  it('takes counts above 127 and texts longer than that', () => {
    const long = 'x'.repeat(300);
    const bytes = encodeNativeBlock({ rows: 1, columns: [stringColumn(long, [long])] });
    // One column, one row, then name (2 + 300), type (1 + 6) and value (2 + 300).
    expect(bytes.length).toBe(2 + 302 + 7 + 302);
  });

  it('says so when bytes end early or hold a type it does not read', () => {
    const bytes = encodeNativeBlock({ rows: 1, columns: [{ name: 'a', type: 'Int64', bytes: new Uint8Array(8) }] });
    expect(() => decodeNativeBlocks(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
    const strings = encodeNativeBlock({ rows: 1, columns: [stringColumn('a', ['b'])] });
    expect(() => decodeNativeBlocks(strings)).toThrow(/type String/);
  });
});

function plain(block: ReturnType<typeof decodeNativeBlocks>[number]): unknown {
  return {
    rows: block.rows,
    columns: block.columns.map(({ name, type, bytes }) => ({ name, type, bytes: [...bytes] })),
  };
}
