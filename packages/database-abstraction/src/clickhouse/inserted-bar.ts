import { type BarBatch, type BatchIdentity, type StoredBar, storedBarAt } from '@quantumtrade/shared-types';
import { isStorableInstant } from './stored-range.ts';

/** How the engine writes the id of a batch: it reads other ways too. */
const plainId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * A row of a batch as the engine will give it back, whose values were found to fit. `undefined` where that is not known for
 * sure: for an id that the engine writes in another way than it was given, text that is no proper Unicode, and a version
 * of no whole millisecond.
 *
 * @param version the instant that it is stored under, as its identity's `acceptedAt`.
 */
export function insertedBar(batch: BarBatch, row: number, version: BatchIdentity): StoredBar | undefined {
  const bar = storedBarAt(batch, row, version);
  const isPlain =
    plainId.test(bar.batchId) &&
    isStorableInstant(bar.ingestedAt) &&
    [bar.lastRefreshed ?? '', ...bar.brokenRules].every((text) => text.isWellFormed());
  return isPlain ? bar : undefined;
}
