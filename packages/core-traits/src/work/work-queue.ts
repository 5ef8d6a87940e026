/** Plain data that JSON keeps as it is. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Where a piece of work is: `pending` until it is claimed, `inProgress` while somebody holds its lease, then `completed`,
 * `failed` (a dead letter: no attempt is left) or `cancelled`.
 */
export type WorkState = 'pending' | 'inProgress' | 'completed' | 'failed' | 'cancelled';

/** Why an attempt at a piece of work failed. */
export interface WorkFailure {
  readonly kind: string;
  readonly reason?: string | undefined;
  /** One line, without secrets. */
  readonly message: string;
}

/** A piece of work to be done once. */
export interface NewWork {
  /** Unique in the queue, 1 to 200 characters: adding it again changes nothing for as long as the queue knows it. */
  readonly id: string;
  /** What it belongs to, such as a job; 1 to 200 characters. */
  readonly group: string;
  readonly payload: Json;
  /** 0 to 1000; smaller numbers are handed out first, equal ones in the order in which they were added. @default 100 */
  readonly priority?: number | undefined;
  /** Attempts in all before it is a dead letter. @default 5 */
  readonly maxAttempts?: number | undefined;
  /** Not handed out before this instant: milliseconds since the Unix epoch (UTC). */
  readonly notBefore?: number | undefined;
}

/** A piece of work as the queue knows it. */
export interface Work {
  readonly id: string;
  readonly group: string;
  readonly payload: Json;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly state: WorkState;
  /** Attempts that were begun; those that were given back by `release` do not count. */
  readonly attempts: number;
  /** What the last holder noted with `progress`; a later attempt goes on from there. */
  readonly checkpoint?: Json | undefined;
  /** Why the last attempt failed. */
  readonly failure?: WorkFailure | undefined;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly addedAt: number;
  /** When it was completed, cancelled or made a dead letter, where the queue knows: milliseconds since the Unix epoch (UTC). */
  readonly endedAt?: number | undefined;
}

/** Work that this process holds until its lease is over. */
export interface ClaimedWork extends Work {
  readonly state: 'inProgress';
  /** Shows that the caller is the holder. */
  readonly lease: string;
}

/** How a failed attempt goes on. */
export interface WorkRetry {
  readonly failure: WorkFailure;
  /** The next attempt waits for this instant: milliseconds since the Unix epoch (UTC). At once when left out. */
  readonly retryAt?: number | undefined;
  /** `false` makes it a dead letter although attempts are left. @default true */
  readonly retryable?: boolean | undefined;
}

/** Which work is meant: one piece, or a whole group. */
export type WorkSelection = { readonly id: string } | { readonly group: string };

/** Which work is listed: all when nothing is given. */
export interface WorkFilter {
  readonly group?: string | undefined;
  readonly state?: WorkState | undefined;
  /** The longest list. @default 1000 */
  readonly limit?: number | undefined;
}

/** A sign of life of a holder. */
export interface WorkProgress {
  /** The work is held for so many milliseconds from now on. */
  readonly leaseMs: number;
  /** Replaces the last one where it is given. */
  readonly checkpoint?: Json | undefined;
}

/** How much work that has ended is kept. */
export interface WorkRetention {
  /** Groups that ended before this instant are forgotten: milliseconds since the Unix epoch (UTC). */
  readonly endedBefore: number;
  /** Of the others, those that ended last, up to so many pieces together. */
  readonly keep: number;
}

/**
 * Work that survives its workers: each piece is handed out to one holder at a time, and again when the holder dies.
 *
 * A holder that outlives its lease loses the work as soon as it is handed out again, at the latest: its later calls
 * answer `false` and change nothing. All methods reject with a `ServiceError`: kind `database` when the store fails, kind `configuration` with reason
 * `invalidWork` for work that breaks the limits above.
 */
export interface WorkQueue {
  /** Adds work, all or nothing for each piece; what the queue knows already stays as it is. */
  add(work: readonly NewWork[]): Promise<void>;
  /**
   * The next piece of work that may begin, held for `leaseMs` milliseconds; `undefined` when there is none now. Work
   * whose lease is over is handed out again, unless no attempt is left: then it fails with kind `system` and reason
   * `leaseExpired`.
   */
  claim(options: { readonly leaseMs: number }): Promise<ClaimedWork | undefined>;
  /**
   * Holds work for `leaseMs` from now on and notes a checkpoint if one is given. `false` says that the lease is lost or
   * the work was cancelled: stop working on it.
   */
  progress(work: ClaimedWork, options: WorkProgress): Promise<boolean>;
  /** Ends work; `false` when the lease was lost or the work was cancelled. */
  complete(work: ClaimedWork): Promise<boolean>;
  /** Ends an attempt; `lost` when the lease was lost or the work was cancelled. */
  fail(work: ClaimedWork, retry: WorkRetry): Promise<'retried' | 'dead' | 'lost'>;
  /** Gives work back unfinished, at a shutdown for example: the attempt does not count. */
  release(work: ClaimedWork): Promise<boolean>;
  /** Cancels what is pending or in progress, and gives how many pieces that was. */
  cancel(selection: WorkSelection): Promise<number>;
  /** One piece of work; `undefined` when it is not known. */
  get(id: string): Promise<Work | undefined>;
  /** Work in the order of its adding. */
  list(filter?: WorkFilter): Promise<Work[]>;
  /** How many pieces there are in each state, of one group when given. */
  counts(group?: string): Promise<Record<WorkState, number>>;
  /** Makes dead letters pending again, with all their attempts, and gives how many that was. All when nothing is selected. */
  requeue(selection?: WorkSelection): Promise<number>;
  /** Forgets dead letters and gives how many that was. All when nothing is selected. */
  purge(selection?: WorkSelection): Promise<number>;
  /**
   * Forgets groups in which every piece is completed or cancelled, so that the queue does not grow for ever, and gives how
   * many pieces that was. A group with a dead letter stays until that is purged or requeued, and so does the group that
   * ended last.
   */
  trim(retention: WorkRetention): Promise<number>;
  /** Releases connections; what is claimed stays so until its lease is over. */
  close(): Promise<void>;
}
