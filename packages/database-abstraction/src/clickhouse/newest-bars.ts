import type { Series, StoredBar } from '@quantumtrade/shared-types';
import { LRUCache } from 'lru-cache';
import { periodExpression } from './bar-rows.ts';
import type { SeriesChanges } from './series-changes.ts';

/** As many series as may be watched at a time, and more. */
const mostRemembered = 10_000;

/** The newest bar of a series, or that it has none, as of one state of its data. */
interface Remembered {
  readonly changes: SeriesChanges;
  /** What {@link SeriesChanges.settled} gave while this was read. */
  count: number;
  bar: StoredBar | undefined;
}

/** An insert into a series. */
export interface SeriesInsert {
  readonly series: Series;
  /** Inserts; when it settles, it is over. */
  readonly run: () => Promise<void>;
  /** The newest of the rows that it inserted, as it will be read; `undefined` where that is not known for sure. */
  readonly newest: () => StoredBar | undefined;
}

/**
 * Remembers the newest bar of series that are asked for it again and again: planning such a question costs the engine
 * milliseconds, whether or not anything has changed. What is remembered counts only in the very state of the series that
 * it was read in, so it is exact and never old; data that others change too has no such states.
 */
export class NewestBars {
  readonly #bySeries = new LRUCache<string, Remembered>({ max: mostRemembered });

  /**
   * The newest bar: the one that is remembered, or what is read. Either way the caller may do with it as it likes.
   *
   * @param changes those of the data that is read.
   */
  async get(
    series: Series,
    changes: SeriesChanges,
    read: () => Promise<StoredBar | undefined>,
  ): Promise<StoredBar | undefined> {
    const key = keyOf(series);
    const before = changes.settled(series);
    const known = this.#bySeries.get(key);
    if (known !== undefined && isValid(known, changes, before)) return copyOf(known.bar);
    const bar = await read();
    // What a change has overtaken would never count, and must not take the place of what was read since.
    if (before !== undefined && changes.settled(series) === before) {
      this.#bySeries.set(key, { changes, count: before, bar: copyOf(bar) });
    }
    return bar;
  }

  /**
   * Runs an insert. What was remembered of its series until then becomes the newer of that and of what was inserted, so
   * that who asks again and again does not pay for each insert. Nothing is remembered because of an insert alone.
   *
   * @param changes those of the data that is inserted into.
   */
  async through({ series, run, newest }: SeriesInsert, changes: SeriesChanges): Promise<void> {
    const known = this.#bySeries.peek(keyOf(series));
    const wasValid = known !== undefined && isValid(known, changes, changes.settled(series));
    const over = changes.inserting(series);
    await run().finally(over);
    // Of a calendar period the last session date counts: more than the newest row has a say.
    if (!wasValid || periodExpression(series.interval) !== undefined) return;
    const inserted = newest();
    const bar = inserted && newerOf(known.bar, inserted);
    // This insert has begun and is over. What else changed meanwhile was counted too, and has led to another state.
    if (bar !== undefined) Object.assign(known, { count: known.count + 2, bar });
  }
}

function isValid(known: Remembered, changes: SeriesChanges, count: number | undefined): boolean {
  return known.changes === changes && known.count === count;
}

/** The one that is read as the newest; `undefined` for two versions of one bar that say the same instant. */
function newerOf(known: StoredBar | undefined, inserted: StoredBar): StoredBar | undefined {
  if (known === undefined || inserted.openTime > known.openTime) return inserted;
  if (inserted.openTime < known.openTime || inserted.ingestedAt < known.ingestedAt) return known;
  return inserted.ingestedAt > known.ingestedAt ? inserted : undefined;
}

/** What is given out must not let anybody change what is remembered. */
function copyOf(bar: StoredBar | undefined): StoredBar | undefined {
  return bar && { ...bar, brokenRules: [...bar.brokenRules] };
}

/** A text of its own for each series, whatever its names have in them. */
function keyOf({ symbol, interval, source, adjustment }: Series): string {
  return JSON.stringify([symbol, interval, source, adjustment]);
}
