import type { CollectionResult } from '@quantumtrade/shared-types';
import { expect } from 'vitest';

/** Asserts that every collected row is accounted for, and hands the result on. */
export function accounted(result: CollectionResult): CollectionResult {
  const { stored, unchanged, duplicates, quarantined, spooled } = result;
  expect(stored + unchanged + duplicates + quarantined + spooled, 'rows accounted for').toBe(result.collectedCount);
  return result;
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ resolved: true, error: undefined }),
    (error: unknown) => ({ resolved: false, error }),
  );
  expect(outcome.resolved, 'the promise resolved').toBe(false);
  return outcome.error;
}
