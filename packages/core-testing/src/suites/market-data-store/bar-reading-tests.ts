import {
  barJson,
  type MarketDataQuery,
  type MarketDataStore,
  type Series,
  type StoredBar,
  toMarketData,
} from '@quantumtrade/shared-types';
import { type BarBatchRow, barBatch } from '../../market-data/bar-batch-builder.ts';
import { type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

const days: readonly BarBatchRow[] = ['02', '03', '04', '05', '08'].map((day, i) => ({
  openTime: `2024-01-${day}T05:00:00Z`,
  close: `10${i}`,
}));

/** Reading: everything comes back, in order, and nothing of another series. */
export function barReadingTests({ describe, it, expect }: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  describe('reading bars', () => {
    it(
      'gives back every field of what was inserted, oldest first',
      withSubject(factory, async (store) => {
        const series: Series = { ...freshSeries(), interval: '5min', adjustment: 'adjusted' };
        const identity = nextIdentity();
        const prices = { open: '187.15', high: '188.44', low: '183.885', close: '185.64', adjustedClose: '184.9' };
        const batch = barBatch({
          ...series,
          barLabel: 'end',
          lastRefreshed: '2024-01-02 20:00:00',
          rows: [
            {
              openTime: '2024-01-02T14:30:00Z',
              ...prices,
              volume: '82488700',
              qualityScore: 75,
              brokenRules: ['a', 'b'],
            },
            // After midnight in UTC, before it at the exchange.
            { openTime: '2024-01-03T00:55:00Z', sessionDate: '2024-01-02', ...prices, volume: '0' },
          ],
        });
        expect(await store.insertMarketData(batch, identity)).toEqual({ stored: 2, unchanged: 0 });
        const shared = {
          ...{ ...series, ...prices, sessionDate: '2024-01-02', barLabel: 'end', lastRefreshed: '2024-01-02 20:00:00' },
          ...{ ingestedAt: identity.acceptedAt, batchId: identity.batchId },
        };
        const half = { openTime: Date.UTC(2024, 0, 2, 14, 30), volume: '82488700', qualityScore: 75 };
        const last = { openTime: Date.UTC(2024, 0, 3, 0, 55), volume: '0', qualityScore: 100 };
        expect(await store.getStoredBars(series)).toEqual([
          { ...shared, ...half, brokenRules: ['a', 'b'] },
          { ...shared, ...last, brokenRules: [] },
        ]);
      }),
    );

    it(
      'gives back no empty word of the vendor for how fresh its data is',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const batch = barBatch({
          ...series,
          lastRefreshed: '',
          rows: [{ openTime: '2024-01-02T05:00:00Z', close: '1' }],
        });
        await store.insertMarketData(batch, nextIdentity());
        const [bar] = await store.getStoredBars(series);
        expect(bar !== undefined && 'lastRefreshed' in bar).toBe(false);
      }),
    );

    it(
      'gives the same bars in plain and in rich form',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(barBatch({ ...series, rows: days }), nextIdentity());
        const stored = await store.getStoredBars({ ...series, limit: 3 });
        expect(stored.length).toBe(3);
        const rich = await store.getMarketData({ ...series, limit: 3 });
        expect(rich.map(plain)).toEqual(stored.map((bar) => plain(toMarketData(bar))));
      }),
    );

    it(
      'gives the same bars as texts of JSON, from either end and as of an instant',
      withSubject(factory, async (store) => {
        const prices = { open: '1.5', high: '2', low: '0.000000000000000001', close: '12345678901234567890' };
        for (const rest of [{}, { adjustedClose: '184.9', volume: '82488700' }]) {
          const series: Series = { ...freshSeries(), interval: '5min' };
          const rows: BarBatchRow[] = [
            // Before the epoch the remainders of divisions are negative.
            { openTime: '1969-12-31T23:55:00Z', ...prices, ...rest, qualityScore: 75 },
            { openTime: '2024-01-02T14:30:00Z', sessionDate: '2024-01-01', ...prices, ...rest },
            { openTime: '2024-01-02T14:35:00.007Z', ...prices, ...rest },
          ];
          const first = nextIdentity();
          await store.insertMarketData(barBatch({ ...series, rows }), first);
          const corrected = rows.map((row) => ({ ...row, open: '1.6' }));
          await store.insertMarketData(barBatch({ ...series, rows: corrected }), nextIdentity());
          const queries = [{}, { limit: 2 }, { limit: 2, newest: true }, { asOf: first.acceptedAt }];
          for (const query of queries.map((each): MarketDataQuery => ({ ...series, ...each }))) {
            const texts = await store.getBarTexts(query);
            const bars = await store.getStoredBars(query);
            expect(texts.map((text) => JSON.parse(text))).toEqual(bars.map(barJson));
            expect(texts.length).toBe(query.limit ?? rows.length);
          }
        }
        expect(await store.getBarTexts(freshSeries())).toEqual([]);
      }),
    );

    it(
      'knows nothing of a series that was never inserted',
      withSubject(factory, async (store) => {
        expect(await store.getStoredBars(freshSeries())).toEqual([]);
        expect(await store.getMarketData(freshSeries())).toEqual([]);
      }),
    );

    it(
      'accepts a batch without bars',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const outcome = await store.insertMarketData(barBatch({ ...series, rows: [] }), nextIdentity());
        expect(outcome).toEqual({ stored: 0, unchanged: 0 });
        expect(await store.getStoredBars(series)).toEqual([]);
      }),
    );

    it(
      'reads from and to an instant, both included',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(barBatch({ ...series, rows: days }), nextIdentity());
        const [from, to] = [Date.parse('2024-01-03T05:00:00Z'), Date.parse('2024-01-05T05:00:00Z')];
        expect(closes(await store.getStoredBars({ ...series, from }))).toEqual(['101', '102', '103', '104']);
        expect(closes(await store.getStoredBars({ ...series, to }))).toEqual(['100', '101', '102', '103']);
        expect(closes(await store.getStoredBars({ ...series, from, to }))).toEqual(['101', '102', '103']);
        expect(closes(await store.getStoredBars({ ...series, from: from + 1, to: to - 1 }))).toEqual(['102']);
      }),
    );

    it(
      'limits to the oldest bars of the range',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(barBatch({ ...series, rows: days }), nextIdentity());
        const to = Date.parse('2024-01-05T05:00:00Z');
        expect(closes(await store.getStoredBars({ ...series, limit: 2 }))).toEqual(['100', '101']);
        expect(closes(await store.getStoredBars({ ...series, to, limit: 2 }))).toEqual(['100', '101']);
        expect(closes(await store.getStoredBars({ ...series, limit: 99 })).length).toBe(5);
      }),
    );

    it(
      'counts the limit from the newest bar of the range where asked, oldest bar first all the same',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(barBatch({ ...series, rows: days }), nextIdentity());
        const to = Date.parse('2024-01-05T05:00:00Z');
        const newest = { ...series, newest: true };
        expect(closes(await store.getStoredBars({ ...newest, limit: 2 }))).toEqual(['103', '104']);
        expect(closes(await store.getStoredBars({ ...newest, to, limit: 2 }))).toEqual(['102', '103']);
        expect(closes(await store.getStoredBars({ ...newest, limit: 99 }))).toEqual([
          '100',
          '101',
          '102',
          '103',
          '104',
        ]);
        expect(closes(await store.getStoredBars(newest)).length).toBe(5);
      }),
    );

    it(
      'orders bars by their open time, whatever the order of the batches',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(barBatch({ ...series, rows: days.slice(3) }), nextIdentity());
        await store.insertMarketData(barBatch({ ...series, rows: days.slice(0, 3) }), nextIdentity());
        expect(closes(await store.getStoredBars(series))).toEqual(['100', '101', '102', '103', '104']);
      }),
    );

    it(
      'keeps series apart that differ in symbol, interval, source or adjustment',
      withSubject(factory, async (store) => {
        const base = freshSeries();
        const all: readonly Series[] = [
          base,
          { ...base, symbol: `${base.symbol}.B` },
          { ...base, interval: 'weekly' },
          { ...base, source: 'other' },
          { ...base, adjustment: 'adjusted' },
        ];
        for (const [i, series] of all.entries()) {
          const rows = [{ openTime: '2024-01-02T05:00:00Z', close: `${i + 1}` }];
          expect(await store.insertMarketData(barBatch({ ...series, rows }), nextIdentity())).toEqual({
            stored: 1,
            unchanged: 0,
          });
        }
        for (const [i, series] of all.entries()) {
          const bars = await store.getStoredBars(series);
          expect(closes(bars), JSON.stringify(series)).toEqual([`${i + 1}`]);
          expect(bars[0]?.source).toBe(series.source);
        }
      }),
    );
  });
}

function closes(bars: readonly StoredBar[]): readonly string[] {
  return bars.map(({ close }) => close);
}

/** A rich bar in comparable form: test runners differ in how they compare `Decimal` and `DateTime`. */
function plain(bar: ReturnType<typeof toMarketData>): Readonly<Record<string, unknown>> {
  return {
    ...bar,
    openTime: bar.openTime.toISO(),
    ingestedAt: bar.ingestedAt.toISO(),
    open: bar.open.toFixed(),
    high: bar.high.toFixed(),
    low: bar.low.toFixed(),
    close: bar.close.toFixed(),
    adjustedClose: bar.adjustedClose.toFixed(),
    volume: bar.volume?.toFixed(),
  };
}
