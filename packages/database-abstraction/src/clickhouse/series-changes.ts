import type { Series } from '@quantumtrade/shared-types';
import { Occurrences } from '../engine/occurrences.ts';
import type { OwnData, SqlEngine } from '../engine/sql-engine.ts';
import { seriesKey } from './series-filter.ts';

/** How often the bars of each series have changed: by inserts into it, and by statements, each of which may change any. */
export class SeriesChanges {
  readonly #commands: Occurrences;
  readonly #inserts = new Map<string, Occurrences>();

  constructor({ commands }: OwnData) {
    this.#commands = commands;
  }

  /** A number that rises with every change of the series, when it begins and when it is over. */
  of(series: Series): number {
    return this.#commands.count + (this.#inserts.get(keyOf(series))?.count ?? 0);
  }

  /** The same number, and `undefined` while a change is under way: what is read then may be gone already. */
  settled(series: Series): number | undefined {
    const inserts = this.#inserts.get(keyOf(series));
    if (this.#commands.areUnderWay || inserts?.areUnderWay === true) return undefined;
    return this.of(series);
  }

  /** Says that bars of a series are about to be inserted. What it gives is called once, when that is over or has failed. */
  inserting(series: Series): () => void {
    const key = keyOf(series);
    const inserts = this.#inserts.get(key) ?? new Occurrences();
    this.#inserts.set(key, inserts);
    return inserts.begin();
  }
}

/** Texts that the engine stores as the same one are one: half a character, which no encoding has, becomes `U+FFFD`. */
function keyOf(series: Series): string {
  return seriesKey(series).toWellFormed();
}

/** By what stands for an engine's data, and by database. */
const known = new WeakMap<OwnData, Map<string, SeriesChanges>>();

/**
 * The changes of one database: one and the same for all stores of this process that write to it. `undefined` where other
 * processes write too, so that nobody can tell.
 */
export function changesIn({ ownData }: Pick<SqlEngine, 'ownData'>, database: string): SeriesChanges | undefined {
  if (ownData === undefined) return undefined;
  const databases = known.get(ownData) ?? new Map<string, SeriesChanges>();
  known.set(ownData, databases);
  const changes = databases.get(database) ?? new SeriesChanges(ownData);
  databases.set(database, changes);
  return changes;
}
