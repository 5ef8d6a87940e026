import type { BarBatch } from '../bars/bar-batch.ts';
import type { Series } from '../bars/series.ts';
import type { CollectionRecord } from './collection-record.ts';
import type { QuarantinedBar } from './data-processor.ts';
import type { BatchIdentity } from './market-data-store.ts';

/** One accepted batch, whole: everything that the store has to be given once it is back. */
export interface SpooledBatch {
  readonly identity: BatchIdentity;
  readonly accepted: BarBatch;
  readonly quarantined: readonly QuarantinedBar[];
  /** What is known of its collection, to be completed when the batch is stored. */
  readonly record?: CollectionRecord | undefined;
}

/** A batch that waits. */
export interface SpoolEntry extends SpooledBatch {
  /** Its place in the order: what was appended later has a larger one. At least 1. */
  readonly id: number;
  /** When it was appended: milliseconds since the Unix epoch (UTC). */
  readonly spooledAt: number;
}

/** An entry that was kept aside because it cannot be read as it was written. */
export interface DamagedEntry {
  readonly id: number;
  readonly batchId: string;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly spooledAt: number;
  /** What is wrong with it, for people. */
  readonly problem: string;
}

export interface SpoolStats {
  /** Batches that wait. */
  readonly entries: number;
  /** What they take, and what they may take, in bytes. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Whether there is no room left, as far as the newest append found out. */
  readonly full: boolean;
  /** When the oldest waiting batch was appended: milliseconds (UTC); `undefined` when none waits. */
  readonly oldestSpooledAt: number | undefined;
  /** Entries that were kept aside. */
  readonly damaged: number;
}

/**
 * Keeps accepted batches while the store is away: durably, in order, bounded, and each batch once. What was appended is
 * there until it is removed, also after the process was killed.
 *
 * All methods but `open` throw `ServiceError` of kind `database`: reason `spoolFull` when there is no room, and
 * `spoolUnavailable` when the spool is not open or its medium fails. After an error nothing is half-written.
 */
export interface BatchSpool {
  /** Makes the spool usable; calling it again does nothing. @throws ServiceError `configuration`, `spoolUnusable`. */
  open(): Promise<void>;
  /** Keeps a batch; resolves when it is durable. A batch that waits already, by its id, is not added again. */
  append(batch: SpooledBatch): Promise<void>;
  /**
   * The oldest waiting entry, or the oldest one after an id; `undefined` when there is none. An entry that is not as it
   * was written is kept aside on the way, never handed out and never dropped.
   */
  peek(afterId?: number): Promise<SpoolEntry | undefined>;
  /** Forgets an entry; an unknown id is no error. */
  remove(id: number): Promise<void>;
  /** Whether a batch of the series waits: a later one of the same series must go behind it. */
  isWaiting(series: Series): Promise<boolean>;
  /** Takes the right to replay, until `close`; `false` while another process has it. */
  claimReplay(): Promise<boolean>;
  stats(): Promise<SpoolStats>;
  /** What was kept aside, oldest first. */
  damaged(): Promise<readonly DamagedEntry[]>;
  /** Lets go of everything; what waits stays. Calling it again does nothing. */
  close(): Promise<void>;
}
