import type { CorporateActionList } from '../actions/corporate-action.ts';
import type { CollectionWarning } from './collection-result.ts';

/**
 * How collecting one list of corporate actions ended.
 * **collectedCount = stored + unchanged + duplicates + quarantined**, always; `withdrawn` counts actions that were known
 * and are no longer named.
 */
export interface CorporateActionsResult extends CorporateActionList {
  /** Rows in the vendor's answer. */
  readonly collectedCount: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly withdrawn: number;
  /** When the collection began: milliseconds since the Unix epoch (UTC). */
  readonly collectionTime: number;
  readonly batchId: string;
  readonly warnings: readonly CollectionWarning[];
}
