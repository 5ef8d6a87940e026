import { createHash } from 'node:crypto';
import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import type { NativeBlock } from '../engine/native-format.ts';
import { seriesKey } from './series-filter.ts';

/**
 * The engine's deduplication token of one insert: the batch (its id and its instant) and a digest of the very rows that
 * are inserted. The engine drops a second insert under a token without looking at its rows, and which rows of a batch
 * are new can differ between two attempts when another writer came in between: other rows must have another token.
 */
export function deduplicationToken(identity: BatchIdentity, block: NativeBlock): string {
  const digest = createHash('sha256');
  digest.update(String(block.rows));
  for (const { name, type, bytes } of block.columns) digest.update(`${name} ${type} ${bytes.length} `).update(bytes);
  return `${identity.batchId}-${identity.acceptedAt}-${digest.digest('hex').slice(0, 32)}`;
}

/**
 * The token of an insert of bars. A batch is immutable and has each open time of its series once, so its id, the series and
 * the open times that are inserted say which rows they are: the values, twelve times as many bytes, need not be read.
 */
export function barsDeduplicationToken(identity: BatchIdentity, series: Series, block: NativeBlock): string {
  const openTimes = block.columns.filter(({ name }) => name === 'open_time');
  const token = deduplicationToken(identity, { rows: block.rows, columns: openTimes });
  return `${token}-${seriesKey(series)}`;
}
