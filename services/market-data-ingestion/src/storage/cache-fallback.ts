import type { Cache } from '@quantumtrade/core-traits';
import type { BarBatch, BatchIdentity, CollectionFallback, Series, StoredBar } from '@quantumtrade/shared-types';
import { barsAsJson } from './bar-json.ts';

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
    const bars = barsAsJson(batch, identity, Math.max(0, batch.length - recentBars));
    await Promise.all([
      this.#cache.cacheSet(cacheKey(batch.series, 'recent'), `[${bars.join(',')}]`, recentTtlSeconds),
      this.#cache.cacheSet(cacheKey(batch.series, 'latest'), bars.at(-1) as string, latestTtlSeconds),
    ]);
  }

  /** The newest bar that is known. The one that is kept alone is a hundred times less to read. */
  async #newest(series: Series): Promise<StoredBar | undefined> {
    const text = await this.#cache.cacheGet(cacheKey(series, 'latest'));
    const latest = text === undefined ? undefined : barsIn(`[${text}]`, series)[0];
    return latest ?? (await this.recall(series)).at(-1);
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    const text = await this.#cache.cacheGet(cacheKey(series, 'recent'));
    return text === undefined ? [] : barsIn(text, series);
  }
}

/** What another program left under the key is not known, rather than a failure for as long as it lies there. */
function barsIn(text: string, series: Series): readonly StoredBar[] {
  try {
    const bars: unknown = JSON.parse(text);
    return Array.isArray(bars) && bars.every((bar) => isBarOf(series, bar)) ? bars : [];
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
