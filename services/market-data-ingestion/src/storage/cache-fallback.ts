import type { Cache } from '@quantumtrade/core-traits';
import type { BarBatch, BatchIdentity, CollectionFallback, Series, StoredBar } from '@quantumtrade/shared-types';
import { barAsJson, barsAsJson, barsOfJson } from './bar-json.ts';

/** How many of a series' newest bars are kept. */
const recentBars = 100;
/** Seconds (requirements register, S5). */
const recentTtlSeconds = 900;
const latestTtlSeconds = 300;

/** The newest bars of each series in the cache, written and read under the same key. */
export class CacheFallback implements CollectionFallback {
  readonly #cache: Cache;

  constructor(dependencies: { readonly cache: Cache }) {
    this.#cache = dependencies.cache;
  }

  async remember(batch: BarBatch, identity: BatchIdentity): Promise<void> {
    if (batch.length === 0) return;
    // A month of long ago does not take the place of the newest bars.
    const known = await this.#newest(batch.series);
    if (known !== undefined && known.openTime > (batch.openTime[batch.length - 1] as number)) return;
    const recent = barsAsJson(batch, identity, Math.max(0, batch.length - recentBars));
    const latest = barAsJson(batch, identity, batch.length - 1);
    await Promise.all([
      this.#cache.cacheSet(cacheKey(batch.series, 'recent'), recent, recentTtlSeconds),
      this.#cache.cacheSet(cacheKey(batch.series, 'latest'), latest, latestTtlSeconds),
    ]);
  }

  /** The newest bar that is known. The one that is kept alone is a hundred times less to read. */
  async #newest(series: Series): Promise<StoredBar | undefined> {
    const text = await this.#cache.cacheGet(cacheKey(series, 'latest'));
    const latest = text === undefined ? undefined : barsIn(series, () => [JSON.parse(text)])[0];
    return latest ?? (await this.recall(series)).at(-1);
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    const text = await this.#cache.cacheGet(cacheKey(series, 'recent'));
    return text === undefined ? [] : barsIn(series, () => barsOfJson(text));
  }
}

/** What another program left under the key is not known, rather than a failure for as long as it lies there. */
function barsIn(series: Series, read: () => readonly unknown[]): readonly StoredBar[] {
  try {
    const bars = read();
    return bars.every((bar) => isBarOf(series, bar)) ? (bars as readonly StoredBar[]) : [];
  } catch {
    return [];
  }
}

function isBarOf(series: Series, value: unknown): value is StoredBar {
  const bar = value as Partial<StoredBar> | null;
  return (
    typeof bar?.openTime === 'number' &&
    typeof bar.close === 'string' &&
    bar.symbol === series.symbol &&
    bar.interval === series.interval &&
    bar.source === series.source &&
    bar.adjustment === series.adjustment
  );
}

/** `market_data:{symbol}:{interval}:{source}:recent`; an adjusted series has its own. */
export function cacheKey(series: Series, what: 'recent' | 'latest'): string {
  const adjusted = series.adjustment === 'adjusted' ? ':adjusted' : '';
  return `market_data:${series.symbol}:${series.interval}:${series.source}${adjusted}:${what}`;
}
