import type { ServiceError } from '@quantumtrade/core-traits';
import type { Interval } from '../bars/interval.ts';

/** Something the caller should know although the collection worked. */
export interface CollectionWarning {
  /** `gap`: between the newest stored bar and the oldest received one there are bars that nobody has asked for. */
  readonly code: string;
  readonly message: string;
  /** Of a gap: the open times of its first and last missing bar, in milliseconds since the Unix epoch (UTC). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** How a collection ended. **collectedCount = stored + unchanged + duplicates + quarantined + spooled**, always. */
export interface CollectionResult {
  readonly symbol: string;
  readonly interval: Interval;
  /** The vendor the bars came from, `cache` when the fallback answered, `none` when nothing did. */
  readonly source: string;
  /** Rows in the vendor's payload. */
  readonly collectedCount: number;
  /** Rows that passed conversion and scoring. */
  readonly processedCount: number;
  /** Bars that the fallback had. */
  readonly cachedCount: number;
  /** New bars and new versions. */
  readonly stored: number;
  /** Bars equal to their newest stored version. */
  readonly unchanged: number;
  /** Repeats of key and values within the payload. */
  readonly duplicates: number;
  readonly quarantined: number;
  /** Accepted and kept for later because the store was away. */
  readonly spooled: number;
  /** When the collection began: milliseconds since the Unix epoch (UTC). */
  readonly collectionTime: number;
  /** From the call to its end, in milliseconds. */
  readonly processingDurationMs: number;
  readonly batchId: string;
  /** Mean score of the payload, 0 to 100: 80 for cached data, 0 for none. */
  readonly qualityScore: number;
  readonly warnings: readonly CollectionWarning[];
  /** Why the vendor's data is missing, when `source` is `cache` or `none`. */
  readonly error?: ServiceError | undefined;
}
