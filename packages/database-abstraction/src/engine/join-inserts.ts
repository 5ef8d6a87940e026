import { createHash } from 'node:crypto';
import { constantColumns } from './constant-columns.ts';
import { bytesOf, concatenate, lowCardinalityColumn, type NativeBlock, type NativeColumn } from './native-format.ts';
import type { ConstantColumn, NativeInsert } from './sql-engine.ts';

/**
 * Several inserts into one table as one insert of one block: the rows of the first, then those of the second, and so on.
 * Constant columns in which they differ become columns. A nullable or array column that one of them leaves out is NULL or
 * empty in its rows.
 *
 * @throws RangeError where another column is left out, or has another type.
 */
export function joinInserts(inserts: readonly NativeInsert[]): NativeInsert {
  const [first] = inserts;
  if (first === undefined) throw new RangeError('there is nothing to join');
  if (inserts.length === 1) return first;
  const constants: Record<string, ConstantColumn> = {};
  const columns: NativeColumn[] = [];
  for (const [name, constant] of Object.entries(first.constants)) {
    if (inserts.every((insert) => insert.constants[name]?.value === constant.value)) constants[name] = constant;
    else columns.push(varyingConstant(name, constant.type, inserts));
  }
  const blocks = ofOneLayout(inserts);
  const types = new Map(blocks.flatMap((block) => block.columns.map(({ name, type }) => [name, type])));
  for (const [name, type] of types) columns.push(joinColumn(name, type, blocks));
  return {
    table: first.table,
    constants,
    block: { rows: inserts.reduce((rows, { block }) => rows + block.rows, 0), columns },
    deduplicationToken: () => {
      const tokens = createHash('sha256');
      for (const { deduplicationToken } of inserts) tokens.update(`${deduplicationToken()} `);
      return `joined-${tokens.digest('hex')}`;
    },
  };
}

function varyingConstant(name: string, type: string, inserts: readonly NativeInsert[]): NativeColumn {
  const values = inserts.map(({ constants }) => constants[name]?.value ?? '');
  const counts = inserts.map(({ block }) => block.rows);
  if (type === 'String') return lowCardinalityColumn(name, values, counts);
  const parts = values.map((value, i) => constantColumns({ [name]: { type, value } }, counts[i] as number)[0]);
  return { name, type, bytes: concatenate(parts.map((part) => (part as NativeColumn).bytes)) };
}

/** The blocks, each in the table's types where they differ in theirs. */
function ofOneLayout(inserts: readonly NativeInsert[]): readonly NativeBlock[] {
  const types = new Map<string, string>();
  const agree = inserts.every(({ block }) =>
    block.columns.every(({ name, type }) => (types.get(name) ?? types.set(name, type).get(name)) === type),
  );
  return inserts.map((insert) => (agree ? insert.block : (insert.blockInTableTypes?.() ?? insert.block)));
}

function joinColumn(name: string, type: string, blocks: readonly NativeBlock[]): NativeColumn {
  const parts = blocks.map((block) => {
    const column = block.columns.find((candidate) => candidate.name === name);
    if (column !== undefined && column.type !== type) throw new RangeError(`column ${name} has two types`);
    return { rows: block.rows, bytes: column?.bytes };
  });
  if (type.startsWith('Nullable(')) return { name, type, bytes: joinNullable(parts) };
  if (type === 'Array(String)') return { name, type, bytes: joinArrays(parts) };
  const bytes = parts.map((part) => {
    if (part.bytes === undefined) throw new RangeError(`column ${name} is missing from one of the inserts`);
    return part.bytes;
  });
  return { name, type, bytes: concatenate(bytes) };
}

/** The column of one insert; without bytes where it is left out. */
interface ColumnPart {
  readonly rows: number;
  readonly bytes: Uint8Array | undefined;
}

function joinNullable(parts: readonly ColumnPart[]): Uint8Array {
  const known = parts.find(({ bytes }) => bytes !== undefined) as ColumnPart;
  const width = (known.bytes as Uint8Array).length / known.rows - 1;
  const isNull = parts.map(({ rows, bytes }) => bytes?.subarray(0, rows) ?? new Uint8Array(rows).fill(1));
  const values = parts.map(({ rows, bytes }) => bytes?.subarray(rows) ?? new Uint8Array(rows * width));
  return concatenate([...isNull, ...values]);
}

function joinArrays(parts: readonly ColumnPart[]): Uint8Array {
  const rowsInAll = parts.reduce((sum, { rows }) => sum + rows, 0);
  // Offsets are 64-bit; their upper halves stay zero, because no block has 2^32 elements.
  const offsets = new Uint32Array(2 * rowsInAll);
  const elements: Uint8Array[] = [];
  let row = 0;
  let end = 0;
  for (const { rows, bytes } of parts) {
    const own = bytes && new DataView(bytes.buffer, bytes.byteOffset, 8 * rows);
    const before = end;
    for (let i = 0; i < rows; i++, row++) {
      end = before + (own?.getUint32(8 * i, true) ?? 0);
      offsets[2 * row] = end;
    }
    if (bytes !== undefined) elements.push(bytes.subarray(8 * rows));
  }
  return concatenate([bytesOf(offsets), ...elements]);
}
