import type { Series } from '../bars/series.ts';

/**
 * How a collection ended: in the store, in the spool, answered from the cache, without any bars, or given up by its
 * caller.
 */
export type CollectionOutcome = 'stored' | 'spooled' | 'cached' | 'failed' | 'cancelled';

/** Every {@link CollectionOutcome}. */
export const collectionOutcomes: readonly CollectionOutcome[] = ['stored', 'spooled', 'cached', 'failed', 'cancelled'];

/**
 * What is kept of one collection, also of a failed one: its counts, its times and how it ended. The counts are those of
 * `CollectionResult`; durations are milliseconds; instants are milliseconds since the Unix epoch (UTC).
 */
export interface CollectionRecord extends Series {
  readonly batchId: string;
  /** When the collection began; the same in every record of the batch. */
  readonly acceptedAt: number;
  /** When this record was written. Of several records of one batch the one that was inserted last counts. */
  readonly recordedAt: number;
  readonly outcome: CollectionOutcome;
  readonly durationMs: number;
  /** Left out for a stage that was not reached. Waits and further attempts are included. */
  readonly fetchMs?: number | undefined;
  readonly processMs?: number | undefined;
  readonly storeMs?: number | undefined;
  readonly collectedCount: number;
  readonly processedCount: number;
  readonly cachedCount: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly spooled: number;
  /** 0 to 100. */
  readonly qualityScore: number;
  /** First and last open time of the accepted bars; left out where there are none. */
  readonly firstOpenTime?: number | undefined;
  readonly lastOpenTime?: number | undefined;
  /** The vendor's own word for how fresh the payload is. */
  readonly lastRefreshed?: string | undefined;
  /** What was asked for, where the request said so. */
  readonly outputSize?: string | undefined;
  /** `2024-01`, where a month was asked for. */
  readonly month?: string | undefined;
  /** Kind and reason of the `ServiceError` that the collection met; never its message. */
  readonly errorKind?: string | undefined;
  readonly errorReason?: string | undefined;
}

/** Which records to read. */
export interface CollectionQuery {
  readonly symbol?: string | undefined;
  /** Only records that come after this one in the order of the list, which need not be there any more. */
  readonly after?: Pick<CollectionRecord, 'acceptedAt' | 'batchId'> | undefined;
  /** At most so many, counted from the newest one. All when left out. */
  readonly limit?: number | undefined;
}
