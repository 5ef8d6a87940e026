import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BarBatch } from '@quantumtrade/shared-types';
import { encodeDecimal128 } from '../engine/decimal128.ts';

/** The decimal columns of a bar, as the table names them. */
export const decimalColumns: readonly string[] = ['open', 'high', 'low', 'close', 'adjusted_close', 'volume'];

/**
 * The decimals of a batch, by column in the order of {@link decimalColumns}, in the memory layout of the table, so that
 * comparing them works on plain words: four of 32 bits a value; `undefined` for a column the series does not have.
 */
export type EncodedDecimals = readonly (Uint32Array | undefined)[];

/** A column of more rows than this is work for a turn of the event loop of its own. */
const rowsOfTurn = 8_192;

/** Encodes the decimals of a batch whose values are known to fit, the columns of a large one in turns with other work. */
export async function encodeDecimals(batch: BarBatch): Promise<EncodedDecimals> {
  const encoded: (Uint32Array | undefined)[] = [];
  for (const column of [batch.open, batch.high, batch.low, batch.close, batch.adjustedClose, batch.volume]) {
    if (column !== undefined && batch.length > rowsOfTurn) await nextTurn();
    encoded.push(column && encodeDecimal128(column));
  }
  return encoded;
}

/**
 * The select list that reads stored versions back in a layout that {@link StoredReader} understands.
 *
 * @param batchId an expression for the id of the batch that asks.
 */
export function comparableColumns(batchId: string): string {
  return [
    'toUnixTimestamp64Milli(open_time) AS at',
    'toUnixTimestamp64Milli(ingested_at) AS version',
    `toUInt8(batch_id = ${batchId}) AS own`,
    ...decimalColumns.map((name) => `${name} AS ${name}_value`),
  ].join(', ');
}
