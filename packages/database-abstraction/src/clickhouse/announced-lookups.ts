import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import type { SeriesChanges } from './series-changes.ts';
import { seriesKey } from './series-filter.ts';

/** What is looked up about a series: in a range of open times, or at all. */
interface Question {
  readonly series: Series;
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

interface Begun<Found> {
  readonly question: Question;
  readonly changes: SeriesChanges;
  /** How often the series had changed when the lookup began. */
  readonly before: number;
  readonly found: Promise<Found>;
}

/**
 * Lookups for batches that are on their way. One counts only for the very question of its batch, and only while nothing else
 * is inserted into its series.
 */
export class AnnouncedLookups<Found> {
  /** What belongs to a batch that never comes goes with its identity. */
  readonly #begun = new WeakMap<BatchIdentity, Begun<Found>>();

  /** Takes note of a lookup that begins now; its failure is nobody's as long as nobody takes it. */
  begin(identity: BatchIdentity, question: Question, changes: SeriesChanges, found: Promise<Found>): void {
    found.catch(() => {});
    this.#begun.set(identity, { question, changes, before: changes.of(question.series), found });
  }

  /**
   * The lookup of a batch, once. `undefined` where there is none that says what is stored now.
   *
   * @param changes those of the data that the batch goes to.
   */
  take(
    identity: BatchIdentity,
    { series, first, last }: Question,
    changes: SeriesChanges | undefined,
  ): Promise<Found> | undefined {
    const begun = this.#begun.get(identity);
    this.#begun.delete(identity);
    if (begun === undefined || begun.changes !== changes || begun.before !== changes.of(series)) return undefined;
    const { question } = begun;
    const same = question.first === first && question.last === last && seriesKey(question.series) === seriesKey(series);
    return same ? begun.found : undefined;
  }
}
