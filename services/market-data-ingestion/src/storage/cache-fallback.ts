import type { Cache } from '@quantumtrade/core-traits';
import {
  type BarBatch,
  type BatchIdentity,
  barTextAt,
  brokenRulesAt,
  type CollectionFallback,
  type Series,
  type StoredBar,
} from '@quantumtrade/shared-types';
import { sessionDateText } from './session-date.ts';

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
    const known = (await this.recall(batch.series)).at(-1);
    if (known !== undefined && known.openTime > (batch.openTime[batch.length - 1] as number)) return;
    const bars: StoredBar[] = [];
    for (let row = Math.max(0, batch.length - recentBars); row < batch.length; row++) {
      const text = barTextAt(batch, row);
      bars.push({
        ...batch.series,
        openTime: batch.openTime[row] as number,
        sessionDate: sessionDateText(batch.sessionDate[row] as number),
        open: text.open as string,
        high: text.high as string,
        low: text.low as string,
        close: text.close as string,
        adjustedClose: text.adjustedClose ?? null,
        volume: text.volume ?? null,
        qualityScore: batch.qualityScore[row] as number,
        brokenRules: brokenRulesAt(batch, row),
        barLabel: batch.barLabel,
        lastRefreshed: batch.lastRefreshed,
        ingestedAt: identity.acceptedAt,
        batchId: identity.batchId,
      });
    }
    await Promise.all([
      this.#cache.cacheSet(cacheKey(batch.series, 'recent'), JSON.stringify(bars), recentTtlSeconds),
      this.#cache.cacheSet(cacheKey(batch.series, 'latest'), JSON.stringify(bars.at(-1)), latestTtlSeconds),
    ]);
  }

  async recall(series: Series): Promise<readonly StoredBar[]> {
    const text = await this.#cache.cacheGet(cacheKey(series, 'recent'));
    return text === undefined ? [] : (JSON.parse(text) as StoredBar[]);
  }
}

/** `market_data:{symbol}:{interval}:{source}:recent`; an adjusted series has its own. */
export function cacheKey(series: Series, what: 'recent' | 'latest'): string {
  const adjusted = series.adjustment === 'adjusted' ? ':adjusted' : '';
  return `market_data:${series.symbol}:${series.interval}:${series.source}${adjusted}:${what}`;
}
