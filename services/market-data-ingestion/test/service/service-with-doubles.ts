import {
  barBatch,
  FakeCache,
  FakeCollector,
  type FakeCollectorOptions,
  FakeFallback,
  FakeHealthCheckable,
  InMemoryCorporateActionStore,
  InMemoryCoverage,
  InMemoryMarketDataStore,
  InMemorySpool,
  partialMock,
  RecordingMonitoring,
  rawBars,
  ScriptedErrorHandler,
  type ScriptedErrorHandlerOptions,
  VirtualClock,
} from '@quantumtrade/core-testing';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import type { CollectionResult, DataProcessor, ProcessedBars, RawBars, Series } from '@quantumtrade/shared-types';
import { CoverageLedger } from '../../src/coverage/coverage-ledger.ts';
import type { CoverageSettings } from '../../src/coverage/coverage-settings.ts';
import { GapWatch } from '../../src/coverage/gap-watch.ts';
import { type IngestionServiceDependencies, IngestionService as Service } from '../../src/service.ts';

/** The series of {@link payload}, as the fake collector names it. */
export const series: Series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' };

/** Five rows; what they say does not matter, because {@link judged} is what the processor's double makes of them. */
export const payload: RawBars = rawBars({
  rows: ['2024-01-02', '2024-01-03', '2024-01-03', '2024-01-04', '2024-01-05'].map((label) => ({ label, close: '1' })),
});

/** Three accepted bars, one repeat, one rejected row. */
export const judged: ProcessedBars = {
  collected: 5,
  accepted: barBatch({
    rows: [
      { openTime: '2024-01-02T05:00:00Z', close: '160.5', volume: '1000' },
      { openTime: '2024-01-03T05:00:00Z', close: '161.25', volume: '2000' },
      { openTime: '2024-01-04T05:00:00Z', close: '159', volume: '3000' },
    ],
  }),
  duplicates: 1,
  quarantined: [{ label: '2024-01-05', values: { close: '1' }, qualityScore: 50, brokenRules: ['high_below_low'] }],
  qualityScore: 87.5,
};

const dayMs = 86_400_000;

/** The defaults of the configuration. */
export const coverageSettings: CoverageSettings = {
  maxPendingMs: 7 * dayMs,
  refusedAfter: 3,
  settleMs: dayMs,
  delistedAfterMs: 30 * dayMs,
  extendedHours: false,
  exchanges: new Map(),
};

export interface DoublesOptions {
  readonly answers?: FakeCollectorOptions['answers'];
  readonly decide?: ScriptedErrorHandlerOptions['decide'];
  readonly processor?: DataProcessor;
  readonly store?: InMemoryMarketDataStore;
  readonly spool?: InMemorySpool;
  readonly collector?: FakeCollector;
  readonly runMigrations?: DatabaseManager['runMigrations'];
  readonly deadlineMs?: number;
}

/** A service built by hand from doubles only, and the doubles themselves. */
export interface ServiceWithDoubles {
  readonly service: Service;
  readonly clock: VirtualClock;
  readonly collector: FakeCollector;
  readonly store: InMemoryMarketDataStore;
  readonly spool: InMemorySpool;
  readonly actions: InMemoryCorporateActionStore;
  readonly fallback: FakeFallback;
  readonly errorHandler: ScriptedErrorHandler;
  readonly monitoring: RecordingMonitoring;
  readonly health: FakeHealthCheckable;
}

export function serviceWithDoubles(options: DoublesOptions = {}): ServiceWithDoubles {
  const clock = new VirtualClock();
  const collector = options.collector ?? new FakeCollector({ clock, answers: options.answers ?? (() => payload) });
  const store = options.store ?? new InMemoryMarketDataStore();
  const spool = options.spool ?? new InMemorySpool({ clock });
  const actions = new InMemoryCorporateActionStore();
  const doubles = {
    clock,
    collector,
    fallback: new FakeFallback(),
    errorHandler: new ScriptedErrorHandler(options.decide === undefined ? {} : { decide: options.decide }),
    monitoring: new RecordingMonitoring(),
    health: new FakeHealthCheckable({ serviceName: 'ingestion', clock }),
  };
  const reader = new InMemoryCoverage({ store });
  const dependencies: IngestionServiceDependencies = {
    ...doubles,
    ledger: new CoverageLedger({ reader, clock, settings: coverageSettings }),
    gapWatch: new GapWatch({ reader: () => reader, monitoring: doubles.monitoring, exchanges: new Map() }),
    databaseManager: databaseWith(store, options.runMigrations, spool, actions),
    processor: options.processor ?? { process: () => judged },
    deadlineMs: options.deadlineMs ?? 60_000,
    replay: { probeMs: 5000, maxProbeMs: 15_000, batchesPerSecond: 50 },
  };
  return { ...doubles, store, spool, actions, service: new Service(dependencies) };
}

/** {@link serviceWithDoubles}, started. */
export async function startedService(options: DoublesOptions = {}): Promise<ServiceWithDoubles> {
  const doubles = serviceWithDoubles(options);
  await doubles.service.start();
  return doubles;
}

/** A database manager around a store and a spool in memory. */
export function databaseWith(
  store: InMemoryMarketDataStore,
  runMigrations: DatabaseManager['runMigrations'] = async () => [],
  spool: InMemorySpool = new InMemorySpool(),
  actions: InMemoryCorporateActionStore = new InMemoryCorporateActionStore(),
): DatabaseManager {
  void spool.open();
  return partialMock<DatabaseManager>('DatabaseManager', {
    clickhouse: store,
    corporateActions: actions,
    coverage: new InMemoryCoverage({ store }),
    redis: new FakeCache(),
    spool,
    healthChecks: [{ name: 'clickhouse', critical: true, check: () => ({ status: 'healthy', message: '' }) }],
    runMigrations,
  });
}

/** The sum that must equal `collectedCount`, whatever happened. */
export function accountedFor(result: CollectionResult): number {
  return result.stored + result.unchanged + result.duplicates + result.quarantined + result.spooled;
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise was expected to reject');
}
