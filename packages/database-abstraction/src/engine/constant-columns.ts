import { bytesOf, concatenate, type NativeColumn, stringColumn } from './native-format.ts';
import type { ConstantColumn } from './sql-engine.ts';

/**
 * Constant columns of an insert as columns of its block. Instants and ids are laid out in binary; every other type goes as
 * text that the engine reads into the column, as it reads the text of a query parameter.
 */
export function constantColumns(
  constants: Readonly<Record<string, ConstantColumn>>,
  rows: number,
): readonly NativeColumn[] {
  return Object.entries(constants).map(([name, constant]) => {
    const { type, value } = constant;
    const ticks = type === "DateTime64(3, 'UTC')" ? ticksOf(value) : undefined;
    if (ticks !== undefined) return { name, type, bytes: bytesOf(new BigInt64Array(rows).fill(ticks)) };
    const id = type === 'UUID' ? uuidBytes(value) : undefined;
    if (id !== undefined) return { name, type, bytes: repeated(id, rows) };
    return { name, type: 'String', bytes: repeated(stringColumn(name, [value]).bytes, rows) };
  });
}

/** A `UUID` column from texts; as texts for the engine to read, or to refuse, where one of them is none. */
export function uuidColumn(name: string, values: readonly string[]): NativeColumn {
  const ids = values.map(uuidBytes);
  const isKnown = ids.every((id) => id !== undefined);
  return isKnown ? { name, type: 'UUID', bytes: concatenate(ids) } : stringColumn(name, values);
}

/** The same bytes so many times. What is there already is copied as a whole, so that large columns take few steps. */
function repeated(once: Uint8Array, times: number): Uint8Array {
  const bytes = new Uint8Array(once.length * times);
  bytes.set(once.subarray(0, bytes.length));
  for (let length = once.length; length > 0 && length < bytes.length; length *= 2) bytes.copyWithin(length, 0, length);
  return bytes;
}

/** Milliseconds since the epoch of `YYYY-MM-DD hh:mm:ss.mmm` in UTC; `undefined` for another form. */
function ticksOf(text: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds);
}

/** A UUID as ClickHouse lays it out: its first half, then its second, each as one little-endian number. */
function uuidBytes(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  return Buffer.from(text.replaceAll('-', ''), 'hex').swap64();
}
