import type { Series } from '@quantumtrade/shared-types';
import type { SqlEngine } from '../engine/sql-engine.ts';
import { seriesKey } from './series-filter.ts';

/** How often the bars of each series have changed, as far as this process can tell. */
export class SeriesChanges {
  readonly #bySeries = new Map<string, number>();
  #all = 0;

  /** A number that rises with every change of the series. */
  of(series: Series): number {
    return this.#all + (this.#bySeries.get(seriesKey(series)) ?? 0);
  }

  /** Says that bars of a series are about to change, or may have changed. */
  changed(series: Series): void {
    this.#bySeries.set(seriesKey(series), (this.#bySeries.get(seriesKey(series)) ?? 0) + 1);
  }

  /** Says the same of every series. */
  changedAll(): void {
    this.#all += 1;
  }
}

/** By what stands for an engine's data, and by database. */
const known = new WeakMap<object, Map<string, SeriesChanges>>();

/**
 * The changes of one database: one and the same for all stores of this process that write to it. `undefined` where other
 * processes write too, so that nobody can tell.
 */
export function changesIn({ ownData }: Pick<SqlEngine, 'ownData'>, database: string): SeriesChanges | undefined {
  if (ownData === undefined) return undefined;
  const databases = known.get(ownData) ?? new Map<string, SeriesChanges>();
  known.set(ownData, databases);
  const changes = databases.get(database) ?? new SeriesChanges();
  databases.set(database, changes);
  return changes;
}
