import type { Series } from '@quantumtrade/shared-types';
import { LRUCache } from 'lru-cache';
import { seriesKey } from './series-filter.ts';

/** As many as may be collected at a time, and more. */
const mostRemembered = 10_000;

/**
 * The series whose first bars were stored just now. Storing found that there was nothing before them, so nobody need ask
 * the engine that again for the same bars.
 */
export class NewSeries {
  readonly #oldest = new LRUCache<string, number>({ max: mostRemembered });

  /** Takes note of a batch that was stored, and of whether anything was stored of its series before. */
  stored(series: Series, firstOpenTime: number, isNew: boolean): void {
    if (isNew) this.#oldest.set(seriesKey(series), firstOpenTime);
    else this.#oldest.delete(seriesKey(series));
  }

  /** Whether the series is known to have nothing before an instant (milliseconds, UTC). Answers once for each series. */
  hasNothingBefore(series: Series, instant: number): boolean {
    const oldest = this.#oldest.get(seriesKey(series));
    this.#oldest.delete(seriesKey(series));
    return oldest !== undefined && instant <= oldest;
  }
}
