import type {
  CollectionAnswer,
  CoverageReader,
  DayCount,
  RejectedLabel,
  Series,
  SeriesGroup,
  SliceCount,
  StoredBar,
  StoreOptions,
  TimeSlice,
} from '@quantumtrade/shared-types';
import type { InMemoryMarketDataStore } from './in-memory-market-data-store.ts';

export interface InMemoryCoverageDependencies {
  readonly store: InMemoryMarketDataStore;
}

/** Counts what an {@link InMemoryMarketDataStore} holds, bar by bar. */
export class InMemoryCoverage implements CoverageReader {
  readonly #store: InMemoryMarketDataStore;

  constructor({ store }: InMemoryCoverageDependencies) {
    this.#store = store;
  }

  async storedSymbols(group: Omit<SeriesGroup, 'symbols'>): Promise<string[]> {
    return this.#store
      .allSeries()
      .filter((series) => isOf(group, series))
      .map(({ symbol }) => symbol)
      .sort();
  }

  async countSlices(group: SeriesGroup, slices: readonly TimeSlice[]): Promise<SliceCount[]> {
    const counts: SliceCount[] = [];
    for (const symbol of new Set(group.symbols)) {
      const versions = this.#store.allVersions({ ...group, symbol });
      for (const [index, parts] of Map.groupBy(slices, (slice) => slice.index)) {
        const within = versions.filter(({ openTime }) =>
          parts.some(({ from, until }) => openTime >= from && openTime < until),
        );
        const bars = new Set(within.map(({ openTime }) => openTime)).size;
        if (bars > 0) counts.push({ symbol, index, bars, ...lineageOf(within) });
      }
    }
    return counts;
  }

  async countDays(
    group: SeriesGroup,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<DayCount[]> {
    return [...new Set(group.symbols)].flatMap((symbol) => {
      const versions = this.#store
        .allVersions({ ...group, symbol })
        .filter(({ sessionDate }) => sessionDate >= from && sessionDate <= to);
      const days = Map.groupBy(versions, ({ sessionDate }) => sessionDate);
      return [...days].map(([session, list]) => ({ symbol, session, ...lineageOf(list) }));
    });
  }

  async answers(group: SeriesGroup, _range?: unknown, options?: StoreOptions): Promise<CollectionAnswer[]> {
    const records = await this.#store.getCollections({}, options);
    return records
      .filter(
        (record) =>
          group.symbols.includes(record.symbol) &&
          record.source === group.source &&
          record.adjustment === group.adjustment &&
          (record.interval === group.interval || record.interval === 'daily'),
      )
      .map((record) => {
        const { symbol, interval, batchId, acceptedAt, outcome, processedCount, stored } = record;
        const { firstOpenTime, lastOpenTime, month, outputSize, errorReason } = record;
        const kept = this.#store.allVersions({ ...group, symbol }).filter((bar) => bar.batchId === batchId).length;
        return {
          ...{ symbol, interval, batchId, acceptedAt, outcome, processedCount },
          ...{ firstOpenTime, lastOpenTime, month, outputSize, errorReason },
          intact: interval !== group.interval || kept >= stored,
        };
      });
  }

  async rejectedLabels(group: SeriesGroup, options?: StoreOptions): Promise<RejectedLabel[]> {
    const rows = await this.#store.getQuarantine({}, options);
    return rows
      .filter((row) => group.symbols.includes(row.symbol) && isOf(group, row))
      .map(({ symbol, label, batchId, quarantinedAt }) => ({ symbol, label, batchId, rejectedAt: quarantinedAt }))
      .sort((a, b) => compare(a.symbol, b.symbol) || compare(a.label, b.label) || a.rejectedAt - b.rejectedAt);
  }

  async countKnownTo(series: Series, answer: CollectionAnswer): Promise<number> {
    const { firstOpenTime, lastOpenTime, acceptedAt, batchId } = answer;
    if (firstOpenTime === undefined || lastOpenTime === undefined) return 0;
    const known = this.#store
      .allVersions(series)
      .filter(({ openTime }) => openTime >= firstOpenTime && openTime <= lastOpenTime)
      .filter((bar) => bar.ingestedAt <= acceptedAt || bar.batchId === batchId);
    return new Set(known.map(({ openTime }) => openTime)).size;
  }

  async newestBefore(series: Series, instant: number): Promise<number | undefined> {
    return this.#store
      .allVersions(series)
      .map(({ openTime }) => openTime)
      .filter((openTime) => openTime < instant)
      .sort((a, b) => b - a)[0];
  }
}

function isOf({ interval, source, adjustment }: Omit<SeriesGroup, 'symbols'>, series: Series): boolean {
  return series.interval === interval && series.source === source && series.adjustment === adjustment;
}

function lineageOf(versions: readonly StoredBar[]): { readonly batchId: string; readonly ingestedAt: number } {
  const newest = versions.toSorted((a, b) => b.ingestedAt - a.ingestedAt)[0];
  return { batchId: newest?.batchId ?? '', ingestedAt: newest?.ingestedAt ?? Number.NaN };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
