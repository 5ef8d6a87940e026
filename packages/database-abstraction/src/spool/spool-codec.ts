import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { BatchIdentity, SpooledBatch } from '@quantumtrade/shared-types';

/** The form of a payload; a later one gets a later number. */
const formatVersion = 1;

/** A batch as bytes, with what shows that they are the ones that were written. */
export interface EncodedBatch {
  readonly payload: Uint8Array;
  readonly checksum: Uint8Array;
}

/**
 * A batch as bytes, exactly: columns are copied as they lie in memory, so no number is printed or rounded. V8's format
 * is stable across versions of Node by its own promise, and takes fields along that this package does not know yet.
 */
export function encodeBatch(batch: SpooledBatch, seriesKey: string): EncodedBatch {
  const payload = deflateRawSync(serialize({ formatVersion, batch }), { level: 1 });
  return { payload, checksum: checksumOf(payload, batch.identity, seriesKey) };
}

/** The batch again. @throws RangeError saying what is wrong, when the bytes are not the ones that were written. */
export function decodeBatch(
  { payload, checksum }: EncodedBatch,
  identity: Pick<BatchIdentity, 'batchId' | 'acceptedAt'>,
  seriesKey: string,
): SpooledBatch {
  if (Buffer.compare(checksumOf(payload, identity, seriesKey), checksum) !== 0) {
    throw new RangeError('the checksum does not match');
  }
  const { formatVersion: version, batch } = deserialize(inflateRawSync(payload)) as {
    readonly formatVersion: number;
    readonly batch: SpooledBatch;
  };
  if (version !== formatVersion) throw new RangeError(`payload format ${version} is not known`);
  return batch;
}

/** Covers the columns beside the payload too: a flipped id must not pass for another batch. */
function checksumOf(
  payload: Uint8Array,
  { batchId, acceptedAt }: Pick<BatchIdentity, 'batchId' | 'acceptedAt'>,
  seriesKey: string,
): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([batchId, acceptedAt, seriesKey]))
    .update(payload)
    .digest();
}
