import type {
  CorporateAction,
  CorporateActionKind,
  CorporateActionList,
  RejectedCorporateAction,
  StoredCorporateAction,
  StoredRejectedAction,
} from '../actions/corporate-action.ts';
import type { BatchIdentity, StoreOptions } from './market-data-store.ts';

/** The accepted actions of one answer of a vendor. */
export interface CorporateActionBatch extends CorporateActionList {
  /** All of the batch's kind; no two are the same in everything. */
  readonly actions: readonly CorporateAction[];
  /** Whether these are all the actions that the vendor names: a row that was rejected leaves the others incomplete. */
  readonly complete: boolean;
}

/** What became of a batch: `stored + unchanged` is the number of its actions. */
export interface CorporateActionOutcome {
  /** New actions and new versions of known ones. */
  readonly stored: number;
  /** Actions equal to their newest version. */
  readonly unchanged: number;
  /** Known actions that the vendor names no longer. */
  readonly withdrawn: number;
}

/** Which actions to read. Dates are inclusive, `2024-05-09`. */
export interface CorporateActionQuery {
  readonly symbol: string;
  readonly source: string;
  /** Both kinds when left out. */
  readonly kind?: CorporateActionKind | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The state as of this instant, in milliseconds since the Unix epoch (UTC). The newest state when left out. */
  readonly asOf?: number | undefined;
}

/**
 * Keeps every version of every dividend and split: what the vendor said, and when it was stored. All methods throw
 * `ServiceError` of kind `database` when the store fails.
 */
export interface CorporateActionStore {
  /**
   * Adds the actions that differ from their newest version, all at one instant, or none of them. Of a complete batch,
   * known actions that it does not name and that are younger than its oldest one become withdrawn. Repeating a call with
   * the same identity adds nothing, also after newer batches, and gives the outcome of the first.
   *
   * @throws ServiceError of kind `database`, reason `valueNotStorable`, not retryable, for a batch with a value or a date
   * that the store cannot hold exactly; nothing of it is stored then.
   */
  insertCorporateActions(
    batch: CorporateActionBatch,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<CorporateActionOutcome>;
  /** The newest version of each action, or the newest as of an instant, oldest day first; withdrawn ones are left out. */
  getCorporateActions(query: CorporateActionQuery, options?: StoreOptions): Promise<StoredCorporateAction[]>;
  /** Every version up to the instant, withdrawals included: by day, kind and place, oldest version first. */
  getCorporateActionVersions(query: CorporateActionQuery, options?: StoreOptions): Promise<StoredCorporateAction[]>;
  /** Keeps rejected rows; a row that is already there with the same text and rules adds nothing. */
  insertRejectedActions(
    list: CorporateActionList,
    rows: readonly RejectedCorporateAction[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void>;
  /** Rejected rows, oldest first; of one symbol when given. */
  getRejectedActions(
    query?: { readonly symbol?: string | undefined },
    options?: StoreOptions,
  ): Promise<StoredRejectedAction[]>;
}
