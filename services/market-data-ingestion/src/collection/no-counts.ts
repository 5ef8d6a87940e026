import type { CollectionResult } from '@quantumtrade/shared-types';

/** The counts of a collection that came to nothing. */
export const noCounts: Readonly<
  Pick<
    CollectionResult,
    | 'collectedCount'
    | 'processedCount'
    | 'cachedCount'
    | 'stored'
    | 'unchanged'
    | 'duplicates'
    | 'quarantined'
    | 'spooled'
  >
> = {
  collectedCount: 0,
  processedCount: 0,
  cachedCount: 0,
  stored: 0,
  unchanged: 0,
  duplicates: 0,
  quarantined: 0,
  spooled: 0,
};
