import type { BatchIdentity } from '@quantumtrade/shared-types';
import type { NativeBlock } from '../engine/native-format.ts';
import type { SeriesChanges } from './series-changes.ts';
import { seriesKey } from './series-filter.ts';
import type { VersionsQuery } from './stored-versions.ts';

type Stored = readonly NativeBlock[];

interface Begun {
  readonly query: Omit<VersionsQuery, 'batchId'>;
  readonly changes: SeriesChanges;
  /** How often the series had changed when the lookup began. */
  readonly before: number;
  readonly stored: Promise<Stored>;
}

/**
 * Lookups for batches that are on their way. One counts only for the very range of its batch, and only while nothing else is
 * inserted into its series.
 */
export class AnnouncedLookups {
  /** What belongs to a batch that never comes goes with its identity. */
  readonly #begun = new WeakMap<BatchIdentity, Begun>();

  /** Takes note of a lookup that begins now; its failure is nobody's as long as nobody takes it. */
  begin(identity: BatchIdentity, query: Begun['query'], changes: SeriesChanges, stored: Promise<Stored>): void {
    stored.catch(() => {});
    this.#begun.set(identity, { query, changes, before: changes.of(query.series), stored });
  }

  /**
   * The lookup of a batch, once. `undefined` where there is none that says what is stored now.
   *
   * @param changes those of the data that the batch goes to.
   */
  take(
    identity: BatchIdentity,
    { series, first, last }: Begun['query'],
    changes: SeriesChanges | undefined,
  ): Promise<Stored> | undefined {
    const begun = this.#begun.get(identity);
    this.#begun.delete(identity);
    if (begun === undefined || begun.changes !== changes || begun.before !== changes.of(series)) return undefined;
    const { query } = begun;
    const same = query.first === first && query.last === last && seriesKey(query.series) === seriesKey(series);
    return same ? begun.stored : undefined;
  }
}
