import type { CoverageReader } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { InMemoryCoverage } from '../market-data/in-memory-coverage.ts';
import { InMemoryMarketDataStore } from '../market-data/in-memory-market-data-store.ts';
import { type CoverageSuiteFactory, coverageReaderSuite } from './coverage-reader-suite.ts';
import { runSuite } from './run-suite.ts';

function factory(breaking: (reader: InMemoryCoverage) => Partial<CoverageReader> = () => ({})): CoverageSuiteFactory {
  return {
    create: async () => {
      const store = new InMemoryMarketDataStore();
      const coverage = new InMemoryCoverage({ store });
      const sound: CoverageReader = {
        storedSymbols: (group) => coverage.storedSymbols(group),
        countSlices: (group, slices) => coverage.countSlices(group, slices),
        countDays: (group, range) => coverage.countDays(group, range),
        answers: (group, range) => coverage.answers(group, range),
        rejectedLabels: (group) => coverage.rejectedLabels(group),
        countKnownTo: (series, answer) => coverage.countKnownTo(series, answer),
        newestBefore: (series, instant) => coverage.newestBefore(series, instant),
      };
      const reader = { ...sound, ...breaking(coverage) };
      const deleteBars = async (...[series, openTimes]: Parameters<typeof store.deleteBars>): Promise<void> =>
        store.deleteBars(series, openTimes);
      return { subject: { reader, store, deleteBars } };
    },
  };
}

describe('coverageReaderSuite', () => {
  coverageReaderSuite({ describe, it, expect }, factory());

  it.each<[string, string, (reader: InMemoryCoverage) => Partial<CoverageReader>]>([
    [
      'takes the end of a slice in',
      'its end not included',
      (reader) => ({
        countSlices: (group, slices) =>
          reader.countSlices(
            group,
            slices.map((slice) => ({ ...slice, until: slice.until + 1 })),
          ),
      }),
    ],
    [
      'takes one symbol for all',
      'for each symbol by itself',
      (reader) => ({
        countSlices: async (group, slices) =>
          (await reader.countSlices(group, slices)).map((count) => ({ ...count, symbol: group.symbols[0] ?? '' })),
      }),
    ],
    [
      'counts empty slices',
      'where nothing is stored',
      () => ({ countSlices: async () => [{ symbol: 'A', index: 0, bars: 0, batchId: '', ingestedAt: 0 }] }),
    ],
    [
      'leaves out the last day',
      'both ends included',
      (reader) => ({
        countDays: async (group, range) =>
          (await reader.countDays(group, range)).filter(({ session }) => session < range.to),
      }),
    ],
    [
      'names symbols backwards',
      'in order',
      (reader) => ({ storedSymbols: async (group) => (await reader.storedSymbols(group)).toReversed() }),
    ],
    [
      'tells the oldest answer first',
      'newest first',
      (reader) => ({ answers: async (group) => (await reader.answers(group)).toReversed() }),
    ],
    [
      'believes that all is there',
      'bars of a collection were deleted',
      (reader) => ({
        answers: async (group) => (await reader.answers(group)).map((answer) => ({ ...answer, intact: true })),
      }),
    ],
    [
      'forgets what lies outside of a range',
      'newest answer to each request',
      (reader) => ({
        answers: async (group, { from, to }) =>
          (await reader.answers(group)).filter(
            ({ firstOpenTime = from, lastOpenTime = to }) => firstOpenTime <= to && lastOpenTime >= from,
          ),
      }),
    ],
    ['knows of no quarantine', 'lists what was rejected', () => ({ rejectedLabels: async () => [] })],
    [
      'takes the instant itself in',
      'before an instant',
      (reader) => ({ newestBefore: (series, instant) => reader.newestBefore(series, instant + 1) }),
    ],
  ])('finds one that %s', async (_, law, breaking) => {
    const outcomes = await runSuite((functions) => coverageReaderSuite({ ...functions, expect }, factory(breaking)));
    expect(outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name)).toContainEqual(
      expect.stringContaining(law),
    );
  });
});
