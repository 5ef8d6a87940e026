import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import type { NativeBlock } from '../engine/native-format.ts';
import { seriesKey } from './series-filter.ts';
import type { VersionsQuery } from './stored-versions.ts';

type Stored = readonly NativeBlock[];

interface Begun {
  readonly query: Omit<VersionsQuery, 'batchId'>;
  /** How often the series had changed when the lookup began. */
  readonly changes: number;
  readonly stored: Promise<Stored>;
}

/**
 * Lookups for batches that are on their way. One counts only for the very range of its batch, and only while nothing else is
 * inserted into its series.
 */
export class AnnouncedLookups {
  /** What belongs to a batch that never comes goes with its identity. */
  readonly #begun = new WeakMap<BatchIdentity, Begun>();
  readonly #changes = new Map<string, number>();

  /** Takes note of a lookup that has begun; its failure is nobody's as long as nobody takes it. */
  begin(identity: BatchIdentity, query: Begun['query'], stored: Promise<Stored>): void {
    stored.catch(() => {});
    this.#begun.set(identity, { query, changes: this.#changesOf(query.series), stored });
  }

  /** The lookup of a batch, once. `undefined` where there is none that says what is stored now. */
  take(identity: BatchIdentity, { series, first, last }: VersionsQuery): Promise<Stored> | undefined {
    const begun = this.#begun.get(identity);
    this.#begun.delete(identity);
    if (begun === undefined || begun.changes !== this.#changesOf(series)) return undefined;
    const { query } = begun;
    const same = query.first === first && query.last === last && seriesKey(query.series) === seriesKey(series);
    return same ? begun.stored : undefined;
  }

  /** Says that rows of a series are about to be inserted, or may have been: what was looked up before counts no more. */
  changed(series: Series): void {
    this.#changes.set(seriesKey(series), this.#changesOf(series) + 1);
  }

  #changesOf(series: Series): number {
    return this.#changes.get(seriesKey(series)) ?? 0;
  }
}
