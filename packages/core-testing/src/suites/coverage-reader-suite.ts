import { randomUUID } from 'node:crypto';
import type {
  CollectionRecord,
  CoverageReader,
  MarketDataStore,
  Series,
  SeriesGroup,
} from '@quantumtrade/shared-types';
import { barBatch } from '../market-data/bar-batch-builder.ts';
import { freshSeries, nextIdentity } from './market-data-store/fresh.ts';
import { type SuiteFactory, type TestFunctions, withSubject } from './suite.ts';

/** A reader, the store that it reads, and somebody who takes bars out of it behind its back. */
export interface CoverageSuiteSubject {
  readonly reader: CoverageReader;
  readonly store: MarketDataStore;
  deleteBars(series: Series, openTimes: readonly number[]): Promise<void>;
}

export type CoverageSuiteFactory = SuiteFactory<CoverageSuiteSubject>;

const minute = 60_000;
const always = { from: 0, to: Date.UTC(2100, 0, 1) };
const open = Date.UTC(2024, 0, 2, 14, 30);

/** What every {@link CoverageReader} must do. Symbols are fresh in each test, so the store need not be empty. */
export function coverageReaderSuite({ describe, it, expect }: TestFunctions, factory: CoverageSuiteFactory): void {
  const test = (name: string, body: (subject: CoverageSuiteSubject) => Promise<void>): unknown =>
    it(name, withSubject<CoverageSuiteSubject>(factory, body));

  describe('a coverage reader', () => {
    test('counts each bar of a slice once, its end not included, and tells the newest lineage', async ({
      reader,
      store,
    }) => {
      const series = minutes();
      const first = await insert(store, series, { at: [0, 1, 2, 3, 60], close: '10' });
      const second = await insert(store, series, { at: [1], close: '11' });
      const slice = (index: number, from: number, until: number) => ({
        ...{ index, from: open + from * minute, until: open + until * minute },
      });
      const counts = await reader.countSlices(groupOf(series), [
        ...[slice(0, 0, 3), slice(7, 3, 4), slice(7, 60, 61), slice(8, 4, 60), slice(9, 2 - 1 / 60, 2 + 1 / 60)],
      ]);
      const bars = counts.toSorted((a, b) => a.index - b.index).map(({ index, bars: count }) => [index, count]);
      expect(bars).toEqual([
        [0, 3],
        [7, 2],
        [9, 1],
      ]);
      const lineage = counts.find(({ index }) => index === 0);
      expect(lineage?.ingestedAt).toBe(second.acceptedAt);
      expect([first.batchId, second.batchId].includes(lineage?.batchId ?? '')).toBe(true);
      expect(lineage?.symbol).toBe(series.symbol);
    });

    test('counts slices that span midnights, for each symbol by itself', async ({ reader, store }) => {
      const [one, other] = [minutes(), minutes()];
      await insert(store, one, { at: [0, 570, 2010], close: '10' });
      await insert(store, other, { at: [569], close: '10' });
      const symbols = [one.symbol, other.symbol];
      const counts = await reader.countSlices({ ...groupOf(one), symbols }, [
        { index: 4, from: open, until: open + 2010 * minute },
      ]);
      const bars = new Map(counts.map(({ symbol, bars: count }) => [symbol, count]));
      expect(symbols.map((symbol) => bars.get(symbol))).toEqual([2, 1]);
    });

    test('has no count where nothing is stored, nor for other series of the symbol', async ({ reader, store }) => {
      const series = minutes();
      await insert(store, series, { at: [0], close: '10' });
      const slices = [{ index: 0, from: open, until: open + minute }];
      const day = { from: '2024-01-01', to: '2024-01-31' };
      for (const other of [
        { ...series, source: 'other' },
        { ...series, adjustment: 'adjusted' as const },
        { ...series, interval: '5min' as const },
        { ...series, symbol: `${series.symbol}X` },
      ]) {
        expect(await reader.countSlices(groupOf(other), slices)).toEqual([]);
        expect(await reader.countDays(groupOf(other), day)).toEqual([]);
        expect(await reader.newestBefore(other, open + minute)).toBe(undefined);
      }
      expect(await reader.countSlices({ ...groupOf(series), symbols: [] }, slices)).toEqual([]);
    });

    test('finds the sessions of daily bars by the date of the vendor, both ends included', async ({
      reader,
      store,
    }) => {
      const series = freshSeries();
      const identity = nextIdentity();
      const day = (date: string) => ({ openTime: `${date}T05:00:00Z`, sessionDate: date, close: '10' });
      const rows = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'].map(day);
      await store.insertMarketData(barBatch({ ...series, rows }), identity);
      const days = await reader.countDays(groupOf(series), { from: '2024-01-03', to: '2024-01-04' });
      expect(days.toSorted((a, b) => (a.session < b.session ? -1 : 1))).toEqual(
        ['2024-01-03', '2024-01-04'].map((session) => ({
          ...{ symbol: series.symbol, session },
          ...{ batchId: identity.batchId, ingestedAt: identity.acceptedAt },
        })),
      );
    });

    test('names the symbols that have bars, in order', async ({ reader, store }) => {
      const source = `suite-${randomUUID()}`;
      const named = ['ZED', 'ABC'].map((symbol) => ({ ...minutes(), symbol, source }));
      for (const series of named) await insert(store, series, { at: [0], close: '10' });
      const [first] = named;
      const group = { interval: '1min', source, adjustment: 'raw' } as const;
      expect(await reader.storedSymbols(group)).toEqual(['ABC', 'ZED']);
      expect(await reader.storedSymbols({ ...group, interval: first === undefined ? '1min' : 'daily' })).toEqual([]);
    });

    test('tells the newest record of each collection, newest first, and of the daily series too', async ({
      reader,
      store,
    }) => {
      const series = minutes();
      const [older, newer, daily] = [record(series), record(series), record({ ...series, interval: 'daily' })];
      await store.insertCollection({ ...older, outcome: 'spooled', month: '2024-01' });
      await store.insertCollection({
        ...{ ...older, outcome: 'stored', month: '2024-01', processedCount: 5 },
        ...{ firstOpenTime: open, lastOpenTime: open + minute },
      });
      await store.insertCollection({ ...newer, errorKind: 'externalApi', errorReason: 'noData' });
      await store.insertCollection({ ...daily, outputSize: 'full' });
      await store.insertCollection(record({ ...series, interval: 'weekly' }));
      await store.insertCollection(record({ ...series, source: 'other' }));
      const answers = await reader.answers(groupOf(series), always);
      expect(answers).toEqual([
        { ...answerOf(daily), interval: 'daily', outputSize: 'full' },
        { ...answerOf(newer), errorReason: 'noData' },
        {
          ...{ ...answerOf(older), outcome: 'stored', month: '2024-01', processedCount: 5 },
          ...{ firstOpenTime: open, lastOpenTime: open + minute },
        },
      ]);
    });

    test('tells the newest answer to each request, and the oldest of all, also where their bars lie outside of a range', async ({
      reader,
      store,
    }) => {
      const series = minutes();
      const answer = async (asked: Partial<CollectionRecord>, from = open): Promise<string> => {
        const ends = { firstOpenTime: from, lastOpenTime: from + minute, outcome: 'stored' as const };
        const stored = { ...record(series), ...ends, ...asked };
        await store.insertCollection(stored);
        return stored.batchId;
      };
      const needed = [await answer({ outputSize: 'compact' })];
      await answer({ outputSize: 'compact' });
      needed.push(await answer({ outputSize: 'compact' }), await answer({ outputSize: 'full' }));
      needed.push(await answer({ month: '2023-11' }), await answer({ month: '2023-12' }));
      needed.push(await answer({ outcome: 'failed' }), await answer({ outcome: 'failed' }));
      const later = open + 100 * minute;
      needed.push(await answer({}, later), await answer({}, later), await answer({}, later - minute));
      const answers = await reader.answers(groupOf(series), { from: later, to: later + minute });
      const told = new Set(answers.map(({ batchId }) => batchId));
      expect(needed.filter((batchId) => !told.has(batchId))).toEqual([]);
    });

    test('notices that bars of a collection were deleted, and counts what an answer had', async ({
      reader,
      store,
      deleteBars,
    }) => {
      const series = minutes();
      const first = await insert(store, series, { at: [0, 1, 2], close: '10' });
      const second = await insert(store, series, { at: [0, 1, 2, 3], close: '10' });
      const ends = { firstOpenTime: open, lastOpenTime: open + 3 * minute, outcome: 'stored' as const };
      await store.insertCollection({ ...record(series), ...first, ...ends, stored: 3, processedCount: 3 });
      await store.insertCollection({ ...record(series), ...second, ...ends, stored: 1, processedCount: 4 });
      const intact = async (): Promise<boolean[]> =>
        (await reader.answers(groupOf(series), always)).map((answer) => answer.intact);
      const known = async (): Promise<number[]> => {
        const counts: number[] = [];
        for (const answer of await reader.answers(groupOf(series), always))
          counts.push(await reader.countKnownTo(series, answer));
        return counts;
      };
      expect(await intact()).toEqual([true, true]);
      expect(await known()).toEqual([4, 3]);
      await deleteBars(series, [open + minute]);
      expect(await intact()).toEqual([true, false]);
      expect(await known()).toEqual([3, 2]);
    });

    test('lists what was rejected, by label and oldest first', async ({ reader, store }) => {
      const series = minutes();
      const [older, newer] = [nextIdentity(), nextIdentity()];
      const row = (label: string, rule: string) => ({ label, values: {}, qualityScore: 10, brokenRules: [rule] });
      await store.insertQuarantine(series, [row('2024-01-03 09:30:00', 'a'), row('2024-01-02 09:30:00', 'a')], newer);
      await store.insertQuarantine(series, [row('2024-01-03 09:30:00', 'b')], older);
      await store.insertQuarantine({ ...series, source: 'other' }, [row('2024-01-03 09:31:00', 'a')], older);
      const { symbol } = series;
      const rejected = (label: string, { batchId, acceptedAt }: typeof older) => ({
        ...{ symbol, label, batchId, rejectedAt: acceptedAt },
      });
      expect(await reader.rejectedLabels(groupOf(series))).toEqual([
        rejected('2024-01-02 09:30:00', newer),
        rejected('2024-01-03 09:30:00', older),
        rejected('2024-01-03 09:30:00', newer),
      ]);
    });

    test('finds the newest bar that opens before an instant', async ({ reader, store }) => {
      const series = minutes();
      await insert(store, series, { at: [0, 5], close: '10' });
      expect(await reader.newestBefore(series, open + 5 * minute)).toBe(open);
      expect(await reader.newestBefore(series, open + 5 * minute + 1)).toBe(open + 5 * minute);
      expect(await reader.newestBefore(series, open)).toBe(undefined);
    });
  });
}

function minutes(): Series {
  return { ...freshSeries(), interval: '1min' };
}

function groupOf({ symbol, interval, source, adjustment }: Series): SeriesGroup {
  return { symbols: [symbol], interval, source, adjustment };
}

/** Stores bars so many minutes after the open. */
async function insert(
  store: MarketDataStore,
  series: Series,
  { at, close }: { readonly at: readonly number[]; readonly close: string },
): Promise<ReturnType<typeof nextIdentity>> {
  const identity = nextIdentity();
  const rows = at.map((offset) => ({ openTime: open + offset * minute, close }));
  await store.insertMarketData(barBatch({ ...series, rows }), identity);
  return identity;
}

/** A failed collection. */
function record(series: Series): CollectionRecord {
  const identity = nextIdentity();
  return {
    ...{ ...series, ...identity, recordedAt: identity.acceptedAt, outcome: 'failed', durationMs: 1 },
    ...{ collectedCount: 0, processedCount: 0, cachedCount: 0, stored: 0, unchanged: 0, duplicates: 0 },
    ...{ quarantined: 0, spooled: 0, qualityScore: 0 },
  };
}

function answerOf({ symbol, interval, batchId, acceptedAt, outcome }: CollectionRecord): object {
  return { symbol, interval, batchId, acceptedAt, outcome, processedCount: 0, intact: true };
}
