import type { BarBatch, DecimalColumn } from '@quantumtrade/shared-types';

/** The decimal columns of a bar, as the table names them. */
export const decimalColumns: readonly string[] = ['open', 'high', 'low', 'close', 'adjusted_close', 'volume'];

/** The decimals of a batch, by column in the order of {@link decimalColumns}; `undefined` for one the series does not have. */
export type BarDecimals = readonly (DecimalColumn | undefined)[];

export function decimalsOf({ open, high, low, close, adjustedClose, volume }: BarBatch): BarDecimals {
  return [open, high, low, close, adjustedClose, volume];
}

/**
 * The select list that reads stored versions back in a layout that {@link StoredReader} understands. Instants come as
 * doubles, which hold every millisecond there is exactly and are what a batch has.
 *
 * @param batchId an expression for the id of the batch that asks.
 */
export function comparableColumns(batchId: string): string {
  return [
    'toFloat64(toUnixTimestamp64Milli(open_time)) AS at',
    'toFloat64(toUnixTimestamp64Milli(ingested_at)) AS version',
    `toUInt8(batch_id = ${batchId}) AS own`,
    ...decimalColumns.map((name) => `${name} AS ${name}_value`),
  ].join(', ');
}
