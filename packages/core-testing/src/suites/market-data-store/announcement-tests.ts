import type { BarBatch, MarketDataStore, Series } from '@quantumtrade/shared-types';
import { barBatch } from '../../market-data/bar-batch-builder.ts';
import { type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

/** Batches that are announced, where the store listens: a hint that changes nothing but the time that it takes. */
export function announcementTests(
  { describe, it, expect }: TestFunctions,
  factory: SuiteFactory<MarketDataStore>,
): void {
  describe('batches that were announced', () => {
    it(
      'are stored as others are',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        for (const [closes, outcome] of [
          [['10', '20'], { stored: 2, unchanged: 0 }],
          [['10', '20'], { stored: 0, unchanged: 2 }],
          [['10', '21', '30'], { stored: 2, unchanged: 1 }],
        ] as const) {
          const batch = days(series, closes);
          const identity = nextIdentity();
          store.announce?.(series, identity);
          store.announce?.(series, identity, rangeOf(batch));
          expect(await store.insertMarketData(batch, identity)).toEqual(outcome);
          expect(await store.insertMarketData(batch, identity)).toEqual(outcome);
          expect(await closesIn(store, series)).toEqual(closes);
        }
      }),
    );

    it(
      'are compared with what came in between',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const late = nextIdentity();
        const batch = days(series, ['10', '20']);
        store.announce?.(series, late);
        store.announce?.(series, late, rangeOf(batch));
        await store.insertMarketData(days(series, ['10', '21']), nextIdentity());
        expect(await store.insertMarketData(batch, late)).toEqual({ stored: 1, unchanged: 1 });
        const again = nextIdentity();
        store.announce?.(series, again, rangeOf(batch));
        const between = store.insertMarketData(days(series, ['11', '20']), nextIdentity());
        expect(await store.insertMarketData(batch, again)).toEqual({ stored: 1, unchanged: 1 });
        expect(await between).toEqual({ stored: 1, unchanged: 1 });
        const during = nextIdentity();
        const other = store.insertMarketData(days(series, ['10', '22']), nextIdentity());
        store.announce?.(series, during, rangeOf(batch));
        expect(await store.insertMarketData(batch, during)).toEqual({ stored: 1, unchanged: 1 });
        await other;
        expect(await closesIn(store, series)).toEqual(['10', '20']);
      }),
    );

    it(
      'are compared with what came before their range was known',
      withSubject(factory, async (store) => {
        for (const withRange of [true, false]) {
          const series = freshSeries();
          const identity = nextIdentity();
          const batch = days(series, ['10', '20']);
          store.announce?.(series, identity);
          await store.insertMarketData(days(series, ['10', '21']), nextIdentity());
          if (withRange) store.announce?.(series, identity, rangeOf(batch));
          expect(await store.insertMarketData(batch, identity)).toEqual({ stored: 1, unchanged: 1 });
          expect(await closesIn(store, series)).toEqual(['10', '20']);
        }
      }),
    );

    it(
      'need not come, nor have the range or the series that was announced',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, ['10', '20', '30']), nextIdentity());
        const other = freshSeries();
        store.announce?.(other, nextIdentity());
        store.announce?.(other, nextIdentity(), { first: 0, last: Date.UTC(2024, 0, 1) });
        const shorter = nextIdentity();
        store.announce?.(series, shorter, rangeOf(days(series, ['10'])));
        const batch = days(series, ['10', '20', '31']);
        expect(await store.insertMarketData(batch, shorter)).toEqual({ stored: 1, unchanged: 2 });
        const elsewhere = nextIdentity();
        store.announce?.(other, elsewhere);
        store.announce?.(other, elsewhere, rangeOf(batch));
        expect(await store.insertMarketData(batch, elsewhere)).toEqual({ stored: 0, unchanged: 3 });
        expect(await closesIn(store, other)).toEqual([]);
      }),
    );
  });
}

function days(series: Series, closes: readonly string[]): BarBatch {
  const rows = closes.map((close, i) => ({ openTime: Date.UTC(2024, 0, 2 + i, 5), close }));
  return barBatch({ ...series, rows });
}

function rangeOf({ openTime, length }: BarBatch): { first: number; last: number } {
  return { first: openTime[0] as number, last: openTime[length - 1] as number };
}

async function closesIn(store: MarketDataStore, series: Series): Promise<string[]> {
  return (await store.getStoredBars(series)).map(({ close }) => close);
}
