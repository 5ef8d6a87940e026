import type { BarBatch, MarketDataStore, Series } from '@quantumtrade/shared-types';
import { barBatch } from '../../market-data/bar-batch-builder.ts';
import { type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

const openTime = Date.UTC(2024, 0, 2, 5);

/** Reading the past: the state as of an instant, and all versions of one bar. */
export function historyTests({ describe, it, expect }: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  describe('history', () => {
    it(
      'reads the state as of an instant, the instant of a version included',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const [first, second, third] = [nextIdentity(), nextIdentity(), nextIdentity()];
        await store.insertMarketData(one(series, '10'), first);
        await store.insertMarketData(one(series, '11'), second);
        await store.insertMarketData(one(series, '10'), third);
        const asOf = async (instant: number): Promise<readonly string[]> =>
          (await store.getStoredBars({ ...series, asOf: instant })).map(({ close }) => close);
        expect(await asOf(first.acceptedAt - 1)).toEqual([]);
        expect(await asOf(first.acceptedAt)).toEqual(['10']);
        expect(await asOf(second.acceptedAt - 1)).toEqual(['10']);
        expect(await asOf(second.acceptedAt)).toEqual(['11']);
        expect(await asOf(third.acceptedAt)).toEqual(['10']);
        const [bar] = await store.getStoredBars({ ...series, asOf: second.acceptedAt });
        expect(bar?.batchId).toBe(second.batchId);
        const [rich] = await store.getMarketData({ ...series, asOf: second.acceptedAt });
        expect(rich?.close.toFixed()).toBe('11');
      }),
    );

    it(
      'combines an instant with a range and a limit',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const [first, second] = [nextIdentity(), nextIdentity()];
        const rows = (closes: readonly string[]) =>
          closes.map((close, i) => ({ openTime: openTime + i * 86_400_000, close }));
        await store.insertMarketData(barBatch({ ...series, rows: rows(['1', '2', '3', '4']) }), first);
        await store.insertMarketData(barBatch({ ...series, rows: rows(['5', '6', '7', '8', '9']) }), second);
        const query = { ...series, from: openTime + 86_400_000, asOf: first.acceptedAt };
        const closes = async (limit: number): Promise<readonly string[]> =>
          (await store.getStoredBars({ ...query, limit })).map(({ close }) => close);
        expect(await closes(9)).toEqual(['2', '3', '4']);
        expect(await closes(2)).toEqual(['2', '3']);
      }),
    );

    it(
      'gives every version of one bar, oldest first, each with what is known of it',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identities = [nextIdentity(), nextIdentity(), nextIdentity()];
        const closes = ['10', '11', '10'];
        for (const [i, identity] of identities.entries()) {
          const brokenRules = i === 1 ? ['low_volume'] : [];
          const row = { openTime, close: closes[i] as string, qualityScore: 90 + i, brokenRules };
          const next = { openTime: openTime + 86_400_000, close: '99' };
          await store.insertMarketData(barBatch({ ...series, lastRefreshed: `day ${i}`, rows: [row, next] }), identity);
        }
        const history = await store.getBarHistory({ ...series, openTime });
        expect(
          history.map(({ close, qualityScore, brokenRules, lastRefreshed, batchId, ingestedAt }) => [
            ...[close, qualityScore, brokenRules.join(), lastRefreshed],
            ...[batchId, ingestedAt],
          ]),
        ).toEqual(
          identities.map(({ batchId, acceptedAt }, i) => [
            ...[closes[i], 90 + i, i === 1 ? 'low_volume' : '', `day ${i}`],
            ...[batchId, acceptedAt],
          ]),
        );
      }),
    );

    it(
      'knows no history of a bar that is not there, nor of another series',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(one(series, '10'), nextIdentity());
        expect(await store.getBarHistory({ ...series, openTime: openTime + 1 })).toEqual([]);
        expect(await store.getBarHistory({ ...series, source: 'other', openTime })).toEqual([]);
        expect((await store.getBarHistory({ ...series, openTime })).length).toBe(1);
      }),
    );
  });

  describe('a period that is still going on', () => {
    for (const { interval, partial, later, next } of [
      // Wednesday and Friday of one week; Sunday belongs to the week, Monday to the next one.
      { interval: 'weekly', partial: '2024-01-03', later: '2024-01-07', next: '2024-01-08' },
      { interval: 'monthly', partial: '2024-02-01', later: '2024-02-29', next: '2024-03-01' },
      // Before the epoch and over the turn of a year.
      { interval: 'weekly', partial: '1962-12-31', later: '1963-01-04', next: '1963-01-11' },
      { interval: 'monthly', partial: '1962-01-02', later: '1962-01-31', next: '1962-02-01' },
    ] as const) {
      it(
        `supersedes its ${interval} bar of ${partial} when it comes back as ${later}`,
        withSubject(factory, async (store) => {
          const series: Series = { ...freshSeries(), interval };
          const [first, second] = [nextIdentity(), nextIdentity()];
          await store.insertMarketData(dated(series, [partial, '10']), first);
          await store.insertMarketData(dated(series, [later, '11'], [next, '12']), second);
          const dates = async (query: object): Promise<readonly string[]> =>
            (await store.getStoredBars({ ...series, ...query })).map(({ sessionDate }) => sessionDate);
          expect(await dates({})).toEqual([later, next]);
          expect(await dates({ asOf: first.acceptedAt })).toEqual([partial]);
          expect(await dates({ asOf: second.acceptedAt })).toEqual([later, next]);
          // What supersedes it may be outside of what is asked for.
          expect(await dates({ to: Date.parse(partial) })).toEqual([]);
          expect(await dates({ from: Date.parse(partial), to: Date.parse(later) })).toEqual([later]);
          expect(await dates({ limit: 1 })).toEqual([later]);
          const history = await store.getBarHistory({ ...series, openTime: Date.parse(partial) });
          expect(history.map(({ close }) => close)).toEqual(['10']);
        }),
      );
    }

    it(
      'keeps its bar of the latest date, also when an earlier one is corrected or comes afterwards',
      withSubject(factory, async (store) => {
        const series: Series = { ...freshSeries(), interval: 'weekly' };
        await store.insertMarketData(dated(series, ['2024-01-05', '11']), nextIdentity());
        await store.insertMarketData(dated(series, ['2024-01-03', '10']), nextIdentity());
        await store.insertMarketData(dated(series, ['2024-01-03', '9']), nextIdentity());
        const bars = await store.getStoredBars(series);
        expect(bars.map(({ sessionDate, close }) => [sessionDate, close])).toEqual([['2024-01-05', '11']]);
      }),
    );

    it(
      'supersedes nothing in series of days and minutes',
      withSubject(factory, async (store) => {
        for (const interval of ['daily', '5min'] as const) {
          const series: Series = { ...freshSeries(), interval };
          await store.insertMarketData(dated(series, ['2024-01-03', '10'], ['2024-01-05', '11']), nextIdentity());
          expect((await store.getStoredBars(series)).length, interval).toBe(2);
        }
      }),
    );
  });
}

function one(series: Series, close: string): BarBatch {
  return barBatch({ ...series, rows: [{ openTime, close }] });
}

/** Bars that open at midnight of their date. */
function dated(series: Series, ...bars: readonly (readonly [date: string, close: string])[]): BarBatch {
  return barBatch({ ...series, rows: bars.map(([date, close]) => ({ openTime: date, close })) });
}
