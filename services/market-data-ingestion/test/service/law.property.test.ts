import {
  FakeCollector,
  FakeFallback,
  FakeHealthCheckable,
  InMemoryMarketDataStore,
  RecordingMonitoring,
  rawBars,
  ScriptedErrorHandler,
  VirtualClock,
} from '@quantumtrade/core-testing';
import { type RawBarRow, type RawBars, textAt } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QualityProcessor } from '../../src/processors/quality-processor.ts';
import { IngestionService } from '../../src/service.ts';
import { accountedFor, databaseWith } from './service-with-doubles.ts';

/** Few labels, so that keys meet often; some name no instant, or no single one. */
const label = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('2024-01-02 09:30:00', '2024-01-02 09:35:00', '2024-01-02 09:40:00') },
  { weight: 1, arbitrary: fc.constantFrom('2024-03-10 02:30:00', '2024-11-03 01:30:00', '2024-02-30 10:00:00', '') },
  { weight: 1, arbitrary: fc.string({ maxLength: 20, unit: 'grapheme' }) },
);

/** Few prices, so that repeats and conflicts are common; some are low quality, some no numbers, some beyond the store. */
const price = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('100', '100.0', '101.5', '99.25', '100.00000000000001') },
  { weight: 2, arbitrary: fc.constantFrom('0', '-1', '500', '1e2', 'NaN', '', '1,000', '0.0000000000000000001') },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);

const volume = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('5000', '999', '1000000000000000000') },
  { weight: 1, arbitrary: fc.constantFrom('-5', '', 'many') },
);

const row: fc.Arbitrary<RawBarRow> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ label, open: price, high: price, low: price, close: price, volume }) },
  // Flat bars pass every rule, so that payloads are not all garbage.
  {
    weight: 2,
    arbitrary: fc
      .record({ label, close: price, volume })
      .map(({ close, ...rest }) => ({ ...rest, open: close, high: close, low: close, close })),
  },
);

const rows = fc.array(row, { maxLength: 25 }).chain((some) =>
  // Whole rows again, as vendors repeat them.
  fc.subarray(some, { maxLength: Math.min(5, some.length) }).map((again) => [...some, ...again]),
);

const settings = fc.record({
  minQualityScore: fc.constantFrom(0, 70, 100),
  enableValidation: fc.boolean(),
  maxPriceDeviationPercent: fc.constant(10),
  minVolumeThreshold: fc.constant(1000),
  enableDeduplication: fc.boolean(),
});

describe('the law of a collection', () => {
  it('holds for any payload: every row is stored, unchanged, a duplicate or quarantined, and never again new', async () => {
    const seen = { accepted: 0, duplicates: 0, quarantined: 0, conflicts: 0 };
    await fc.assert(
      fc.asyncProperty(rows, settings, async (someRows, someSettings) => {
        const payload = rawBars({ interval: '5min', rows: someRows });
        const { service, store } = await serviceFor(payload, new QualityProcessor({ settings: someSettings }));

        const first = await service.collectSymbolData('IBM', '5min');
        expect(first.collectedCount).toBe(someRows.length);
        expect(accountedFor(first)).toBe(first.collectedCount);
        expect(first.unchanged).toBe(0);
        expect(first.stored).toBe(first.processedCount);
        const bars = await store.getStoredBars(payload.series);
        const rejected = await store.getQuarantine();
        expect(bars).toHaveLength(first.stored);
        expect(rejected.length).toBeLessThanOrEqual(first.quarantined);
        // Nothing is invented: what was rejected is there word for word.
        const labels = new Set(someRows.map((_, i) => textAt(payload, payload.label, i) ?? ''));
        for (const entry of rejected) expect(labels).toContain(entry.label);

        const second = await service.collectSymbolData('IBM', '5min');
        expect(accountedFor(second)).toBe(second.collectedCount);
        expect(second).toMatchObject({
          collectedCount: first.collectedCount,
          stored: 0,
          unchanged: first.stored,
          duplicates: first.duplicates,
          quarantined: first.quarantined,
          qualityScore: first.qualityScore,
        });
        expect(await store.getStoredBars(payload.series)).toEqual(bars);
        expect(await store.getQuarantine()).toEqual(rejected);

        seen.accepted += first.processedCount;
        seen.duplicates += first.duplicates;
        seen.quarantined += first.quarantined;
        seen.conflicts += rejected.filter(({ brokenRules }) => brokenRules.includes('conflicting_duplicate')).length;
      }),
      { numRuns: 300 },
    );
    // The payloads are of no use if some fate never happens.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
  });
});

async function serviceFor(
  payload: RawBars,
  processor: QualityProcessor,
): Promise<{ readonly service: IngestionService; readonly store: InMemoryMarketDataStore }> {
  const clock = new VirtualClock();
  const store = new InMemoryMarketDataStore();
  const service = new IngestionService({
    databaseManager: databaseWith(store),
    errorHandler: new ScriptedErrorHandler(),
    monitoring: new RecordingMonitoring(),
    clock,
    collector: new FakeCollector({ answers: () => payload }),
    processor,
    fallback: new FakeFallback(),
    health: new FakeHealthCheckable(),
    ledger: { coverage: async () => [] },
    deadlineMs: 60_000,
    replay: { probeMs: 5000, maxProbeMs: 15_000, batchesPerSecond: 50 },
  });
  await service.start();
  return { service, store };
}
