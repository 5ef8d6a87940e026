/**
 * ClickHouse's Native format, as far as bars need it: a block is a column count, a row count and, for each column, its
 * name, its type and its values in little-endian memory order. Numbers are copied, never printed and parsed, which is
 * why it is the fastest and an exact way in and out.
 *
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */

/** One column of a block. `bytes` holds the values as the type lays them out. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly NativeColumn[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of one block. */
export function encodeNativeBlock(block: NativeBlock): Uint8Array {
  return concatenate(nativeBlockParts(block));
}

/** The bytes of one block in pieces, one after the other: the values of a large one are not copied. */
export function nativeBlockParts(block: NativeBlock): Uint8Array[] {
  const parts: Uint8Array[] = [varint(block.columns.length), varint(block.rows)];
  for (const column of block.columns) parts.push(encodeString(column.name), encodeString(column.type), column.bytes);
  return parts;
}

/** A `String` column from texts. */
export function stringColumn(name: string, values: readonly string[]): NativeColumn {
  return { name, type: 'String', bytes: concatenate(values.map(encodeString)) };
}

/** An `Array(String)` column: running end offsets, then the strings of all rows. */
export function stringArrayColumn(name: string, values: readonly (readonly string[])[]): NativeColumn {
  const offsets = new BigUint64Array(values.length);
  let end = 0;
  for (const [i, value] of values.entries()) {
    end += value.length;
    offsets[i] = BigInt(end);
  }
  return { name, type: 'Array(String)', bytes: concatenate([bytesOf(offsets), ...values.flat().map(encodeString)]) };
}

/** An `Array(String)` column in which nothing stands. */
export function emptyArrayColumn(name: string, rows: number): NativeColumn {
  return { name, type: 'Array(String)', bytes: new Uint8Array(8 * rows) };
}

/** An `Array(String)` column of few distinct values: by row, a position in `values`. Each value is encoded once. */
export function dictionaryArrayColumn(
  name: string,
  values: readonly (readonly string[])[],
  index: Uint16Array,
): NativeColumn {
  const encoded = values.map((value) => concatenate(value.map(encodeString)));
  const counts = Uint32Array.from(values, (value) => value.length);
  const sizes = Uint32Array.from(encoded, (bytes) => bytes.length);
  let size = 8 * index.length;
  for (let i = 0; i < index.length; i++) size += sizes[index[i] as number] as number;
  const bytes = new Uint8Array(size);
  // Offsets are 64-bit; their upper halves stay zero, because no block has 2^32 texts.
  const offsets = new Uint32Array(bytes.buffer, 0, 2 * index.length);
  let end = 0;
  let at = 8 * index.length;
  for (let i = 0; i < index.length; i++) {
    const which = index[i] as number;
    end += counts[which] as number;
    offsets[2 * i] = end;
    if (sizes[which] === 0) continue;
    bytes.set(encoded[which] as Uint8Array, at);
    at += sizes[which] as number;
  }
  return { name, type: 'Array(String)', bytes };
}

/**
 * A `LowCardinality(String)` column of runs: each value stands in as many rows as its count says. The dictionary holds
 * each value once; a row is a number of one or two bytes.
 */
export function lowCardinalityColumn(name: string, values: readonly string[], counts: readonly number[]): NativeColumn {
  // By the format's own rule the empty text comes first.
  const dictionary = new Map([['', 0]]);
  for (const value of values) if (!dictionary.has(value)) dictionary.set(value, dictionary.size);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const wide = dictionary.size > 256;
  if (dictionary.size > 65_536) throw new RangeError('a dictionary holds 65536 texts at most');
  const index = wide ? new Uint16Array(rows) : new Uint8Array(rows);
  let row = 0;
  for (const [i, value] of values.entries()) {
    const end = row + (counts[i] as number);
    index.fill(dictionary.get(value) as number, row, end);
    row = end;
  }
  // Version 1; numbers of one or two bytes (0 or 1) into a dictionary that stands here (bits 9 and 10).
  const head = BigUint64Array.of(1n, 0x600n | (wide ? 1n : 0n), BigInt(dictionary.size));
  const texts = [...dictionary.keys()].map(encodeString);
  const bytes = concatenate([bytesOf(head), ...texts, bytesOf(BigUint64Array.of(BigInt(rows))), bytesOf(index)]);
  return { name, type: 'LowCardinality(String)', bytes };
}

/** A nullable column: one byte a row that says "null", then the values. */
export function nullable(column: NativeColumn, isNull: Uint8Array): NativeColumn {
  return {
    name: column.name,
    type: `Nullable(${column.type})`,
    bytes: concatenate([isNull, column.bytes]),
  };
}

/** The memory of a typed array as bytes. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Bytes a value of a fixed-width type takes. */
const widths: Readonly<Record<string, number>> = { UInt8: 1, Int32: 4, Int64: 8, Float64: 8, Decimal128: 16 };

/**
 * The blocks in the answer to a `FORMAT Native` query. Understands fixed-width columns of {@link widths} and their
 * nullable forms; a query casts its columns to those.
 *
 * @throws RangeError when the bytes end early or hold another type.
 */
export function decodeNativeBlocks(bytes: Uint8Array): NativeBlock[] {
  const blocks: NativeBlock[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a Native block ends early');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a Native block ends early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const columnCount = readVarint();
    const rows = readVarint();
    const columns: NativeColumn[] = [];
    for (let i = 0; i < columnCount; i++) {
      const name = decoder.decode(take(readVarint()));
      const type = decoder.decode(take(readVarint()));
      columns.push({ name, type, bytes: take(rows * width(type)) });
    }
    if (rows > 0) blocks.push({ rows, columns });
  }
  return blocks;
}

function width(type: string): number {
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1];
  if (inner !== undefined) return 1 + width(inner);
  const found = widths[type.startsWith('Decimal(38') ? 'Decimal128' : type];
  if (found === undefined) throw new RangeError(`type ${type} is not read from Native blocks`);
  return found;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function encodeString(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concatenate([varint(bytes.length), bytes]);
}

/** Some bytes one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
