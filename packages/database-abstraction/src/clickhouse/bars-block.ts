import type { BarBatch, DecimalColumn } from '@quantumtrade/shared-types';
import { encodeDecimal128 } from '../engine/decimal128.ts';
import { encodeInt64 } from '../engine/int64.ts';
import {
  bytesOf,
  dictionaryArrayColumn,
  emptyArrayColumn,
  type NativeBlock,
  type NativeColumn,
  nullable,
} from '../engine/native-format.ts';

/**
 * How decimals are laid out: as `narrow` as they are, which the engine widens exactly and in less time than it takes
 * here, or in the type of the `table`, which all batches have in common.
 */
export type DecimalLayout = 'narrow' | 'table';

/** The block that stores the given rows of a batch, in rising order, whose values are known to fit. */
export function barsBlock(batch: BarBatch, rows: Uint32Array, layout: DecimalLayout): NativeBlock {
  const { brokenRules } = batch;
  const decimal = (name: string, column: DecimalColumn): NativeColumn => ({ name, ...decimals(column, rows, layout) });
  const columns: NativeColumn[] = [
    { name: 'open_time', type: "DateTime64(3, 'UTC')", bytes: bytesOf(encodeInt64(picked(batch.openTime, rows))) },
    { name: 'session_date', type: 'Date32', bytes: bytesOf(picked(batch.sessionDate, rows)) },
    { name: 'quality_score', type: 'UInt8', bytes: picked(batch.qualityScore, rows) },
    decimal('open', batch.open),
    decimal('high', batch.high),
    decimal('low', batch.low),
    decimal('close', batch.close),
  ];
  // A column that is left out takes the table's default, NULL.
  for (const [name, column] of [
    ['adjusted_close', batch.adjustedClose],
    ['volume', batch.volume],
  ] as const) {
    if (column !== undefined) columns.push(nullable(decimal(name, column), new Uint8Array(rows.length)));
  }
  const rules =
    brokenRules === undefined
      ? // Eight bytes a row that say "none": making the table's default takes the engine longer than all the rest.
        emptyArrayColumn('broken_rules', rows.length)
      : dictionaryArrayColumn('broken_rules', brokenRules.combinations, picked(brokenRules.index, rows));
  columns.push(rules);
  return { rows: rows.length, columns };
}

function decimals(
  { scale, units }: DecimalColumn,
  rows: Uint32Array,
  layout: DecimalLayout,
): Omit<NativeColumn, 'name'> {
  if (!(units instanceof Float64Array)) {
    const column = { scale, units: Array.from(rows, (row) => units[row] as bigint) };
    return { type: 'Decimal(38, 18)', bytes: bytesOf(encodeDecimal128(column)) };
  }
  const values = picked(units, rows);
  return layout === 'narrow'
    ? { type: `Decimal(18, ${scale})`, bytes: bytesOf(encodeInt64(values)) }
    : { type: 'Decimal(38, 18)', bytes: bytesOf(encodeDecimal128({ scale, units: values })) };
}

/** The values of some rows; of rows that stand one after another where they are, without a copy. */
function picked<Values extends Float64Array | Int32Array | Uint16Array | Uint8Array>(
  values: Values,
  rows: Uint32Array,
): Values {
  const first = rows[0] ?? 0;
  const end = first + rows.length;
  if (rows.length > 0 && rows[rows.length - 1] === end - 1) return values.subarray(first, end) as Values;
  const some = values.slice(0, rows.length) as Values;
  for (let i = 0; i < rows.length; i++) some[i] = values[rows[i] as number] as number;
  return some;
}
