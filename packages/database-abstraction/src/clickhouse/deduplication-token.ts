import { createHash } from 'node:crypto';
import type { BatchIdentity } from '@quantumtrade/shared-types';
import type { NativeBlock } from '../engine/native-format.ts';

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
