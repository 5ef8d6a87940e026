import { isServiceError } from '@quantumtrade/core-traits';
import type { BarBatch, MarketDataStore, Series } from '@quantumtrade/shared-types';
import { barBatch } from '../../market-data/bar-batch-builder.ts';
import { rejectionOf, type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

/** Versions: a correction adds one, the same data again adds nothing. */
export function barVersionTests({ describe, it, expect }: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  describe('versions of bars', () => {
    it(
      'stores nothing when the same bars come again in another batch',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const first = nextIdentity();
        await store.insertMarketData(days(series, '10', '20', '30'), first);
        const outcome = await store.insertMarketData(days(series, '10', '20', '30'), nextIdentity());
        expect(outcome).toEqual({ stored: 0, unchanged: 3 });
        const bars = await store.getStoredBars(series);
        expect(bars.map(({ batchId }) => batchId)).toEqual([first.batchId, first.batchId, first.batchId]);
      }),
    );

    it(
      'takes the same value at another scale for the same',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10', '20.50'), nextIdentity());
        const outcome = await store.insertMarketData(days(series, '10.000', '20.5'), nextIdentity());
        expect(outcome).toEqual({ stored: 0, unchanged: 2 });
      }),
    );

    it(
      'adds a version for a changed value and reads the newest',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10', '20', '30'), nextIdentity());
        const correction = nextIdentity();
        const outcome = await store.insertMarketData(days(series, '10', '20.01', '30'), correction);
        expect(outcome).toEqual({ stored: 1, unchanged: 2 });
        expect(await closes(store, series)).toEqual(['10', '20.01', '30']);
        const corrected = (await store.getStoredBars(series))[1];
        expect(corrected?.batchId).toBe(correction.batchId);
        expect(corrected?.ingestedAt).toBe(correction.acceptedAt);
      }),
    );

    it(
      'notices a change of each single value',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const row = { openTime: '2024-01-02T05:00:00Z', open: '2', high: '4', low: '1', close: '3' };
        const last = { ...row, adjustedClose: '3', volume: '100' };
        await store.insertMarketData(barBatch({ ...series, rows: [last] }), nextIdentity());
        for (const field of ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const) {
          last[field] += '.5';
          const outcome = await store.insertMarketData(barBatch({ ...series, rows: [last] }), nextIdentity());
          expect(outcome, field).toEqual({ stored: 1, unchanged: 0 });
          expect((await store.getStoredBars(series))[0]?.[field], field).toBe(last[field]);
        }
      }),
    );

    it(
      'tells an absent value from zero',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const row = { openTime: '2024-01-02T05:00:00Z', close: '3' };
        const zero = { ...row, adjustedClose: '0', volume: '0' };
        for (const next of [row, zero, row]) {
          const outcome = await store.insertMarketData(barBatch({ ...series, rows: [next] }), nextIdentity());
          expect(outcome).toEqual({ stored: 1, unchanged: 0 });
        }
        const [bar] = await store.getStoredBars(series);
        expect([bar?.adjustedClose, bar?.volume]).toEqual([null, null]);
      }),
    );

    it(
      'stores a value again that had been replaced in between',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        for (const close of ['10', '11', '10']) {
          const outcome = await store.insertMarketData(days(series, close), nextIdentity());
          expect(outcome).toEqual({ stored: 1, unchanged: 0 });
          expect(await closes(store, series)).toEqual([close]);
        }
      }),
    );

    it(
      'stores the new bars of a batch that overlaps known ones',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10', '20'), nextIdentity());
        const outcome = await store.insertMarketData(days(series, '10', '20', '30', '40'), nextIdentity());
        expect(outcome).toEqual({ stored: 2, unchanged: 2 });
        expect(await closes(store, series)).toEqual(['10', '20', '30', '40']);
      }),
    );

    it(
      'adds nothing when a batch is retried under its identity',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identity = nextIdentity();
        await store.insertMarketData(days(series, '10', '20'), identity);
        await store.insertMarketData(days(series, '10', '20'), identity);
        expect(await closes(store, series)).toEqual(['10', '20']);
        const again = await store.insertMarketData(days(series, '10', '20'), nextIdentity());
        expect(again).toEqual({ stored: 0, unchanged: 2 });
      }),
    );

    it(
      'gives the outcome of the first call again when a batch is retried, also after a newer one',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10'), nextIdentity());
        const identity = nextIdentity();
        const first = await store.insertMarketData(days(series, '10', '20', '30'), identity);
        expect(first).toEqual({ stored: 2, unchanged: 1 });
        expect(await store.insertMarketData(days(series, '10', '20', '30'), identity)).toEqual(first);
        await store.insertMarketData(days(series, '10', '21'), nextIdentity());
        expect(await store.insertMarketData(days(series, '10', '20', '30'), identity)).toEqual(first);
        expect(await closes(store, series)).toEqual(['10', '21', '30']);
      }),
    );

    it(
      'adds nothing for a retry of a batch that added nothing, also after a newer one',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10', '20'), nextIdentity());
        const identity = nextIdentity();
        const first = await store.insertMarketData(days(series, '10', '20'), identity);
        expect(first).toEqual({ stored: 0, unchanged: 2 });
        await store.insertMarketData(days(series, '11', '20'), nextIdentity());
        expect(await store.insertMarketData(days(series, '10', '20'), identity)).toEqual(first);
        expect(await closes(store, series)).toEqual(['11', '20']);
      }),
    );

    it(
      'does not bring back what a batch found unchanged when it is retried after a newer one',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertMarketData(days(series, '10'), nextIdentity());
        const identity = nextIdentity();
        const first = await store.insertMarketData(days(series, '10', '20'), identity);
        expect(first).toEqual({ stored: 1, unchanged: 1 });
        await store.insertMarketData(days(series, '11'), nextIdentity());
        expect(await store.insertMarketData(days(series, '10', '20'), identity)).toEqual(first);
        expect(await closes(store, series)).toEqual(['11', '20']);
      }),
    );

    it(
      'stores the rest when a part of a batch was stored under the same identity before',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identity = nextIdentity();
        expect(await store.insertMarketData(days(series, '10', '20'), identity)).toEqual({ stored: 2, unchanged: 0 });
        const whole = await store.insertMarketData(days(series, '10', '20', '30', '40'), identity);
        expect(whole).toEqual({ stored: 4, unchanged: 0 });
        expect(await closes(store, series)).toEqual(['10', '20', '30', '40']);
        const again = await store.insertMarketData(days(series, '10', '20', '30', '40'), nextIdentity());
        expect(again).toEqual({ stored: 0, unchanged: 4 });
      }),
    );

    it(
      'takes what is inserted last for the newest version, whatever its instant',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identity = nextIdentity();
        await store.insertMarketData(days(series, '10'), { ...nextIdentity(), acceptedAt: identity.acceptedAt + 5000 });
        await store.insertMarketData(days(series, '11'), identity);
        expect(await closes(store, series)).toEqual(['11']);
      }),
    );

    it(
      'does not bring old values back when a batch is retried after a newer one',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const old = nextIdentity();
        await store.insertMarketData(days(series, '10', '20'), old);
        await store.insertMarketData(days(series, '11', '20'), nextIdentity());
        await store.insertMarketData(days(series, '10', '20'), old);
        expect(await closes(store, series)).toEqual(['11', '20']);
      }),
    );

    it(
      'refuses a batch whose label convention differs from the series, and stores nothing of it',
      withSubject(factory, async (store) => {
        // Intraday: there the two conventions are an interval apart.
        const series: Series = { ...freshSeries(), interval: '5min' };
        await store.insertMarketData({ ...days(series, '10', '20'), barLabel: 'end' }, nextIdentity());
        const mixed = { ...days(series, '11', '20', '30'), barLabel: 'start' } as const;
        const error = await rejectionOf(store.insertMarketData(mixed, nextIdentity()));
        expect(isServiceError(error) && [error.kind, error.reason, error.retryable]).toEqual([
          'configuration',
          'barLabelMix',
          false,
        ]);
        expect(await closes(store, series)).toEqual(['10', '20']);
        const other = { ...mixed, series: { ...series, source: 'other' } };
        expect(await store.insertMarketData(other, nextIdentity())).toEqual({ stored: 3, unchanged: 0 });
      }),
    );
  });
}

/** Consecutive days from 2 January 2024, one close each. */
function days(series: Series, ...closeOfDay: readonly string[]): BarBatch {
  const first = Date.UTC(2024, 0, 2, 5);
  return barBatch({ ...series, rows: closeOfDay.map((close, i) => ({ openTime: first + i * 86_400_000, close })) });
}

async function closes(store: MarketDataStore, series: Series): Promise<readonly string[]> {
  return (await store.getStoredBars(series)).map(({ close }) => close);
}
