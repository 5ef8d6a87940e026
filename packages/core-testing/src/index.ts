export { type CacheOperation, FakeCache, type FakeCacheOptions } from './cache/fake-cache.ts';
export { VirtualClock, type VirtualClockOptions } from './clock/virtual-clock.ts';
export { FakeConfiguration, type FakeConfigurationOptions } from './configuration/fake-configuration.ts';
export {
  type HandledError,
  type ReportedError,
  ScriptedErrorHandler,
  type ScriptedErrorHandlerOptions,
} from './errors/scripted-error-handler.ts';
export { FakeEventPublisher, type FakeEventPublisherOptions } from './events/fake-event-publisher.ts';
export { FakeHealthCheckable, type FakeHealthCheckableOptions } from './health/fake-health-checkable.ts';
export { FakeLeases, type FakeLeasesOptions } from './lease/fake-leases.ts';
export { FakeLifecycle, type FakeLifecycleOptions, type LifecycleCall } from './lifecycle/fake-lifecycle.ts';
export { type BarBatchOptions, type BarBatchRow, barBatch } from './market-data/bar-batch-builder.ts';
export { decimalColumn } from './market-data/decimal-column.ts';
export { type CollectorAnswer, FakeCollector, type FakeCollectorOptions } from './market-data/fake-collector.ts';
export { FakeFallback, type RememberedBatch } from './market-data/fake-fallback.ts';
export { InMemoryCorporateActionStore } from './market-data/in-memory-corporate-action-store.ts';
export { InMemoryCoverage, type InMemoryCoverageDependencies } from './market-data/in-memory-coverage.ts';
export { InMemoryMarketDataStore } from './market-data/in-memory-market-data-store.ts';
export { type RawBarsOptions, rawBars } from './market-data/raw-bars-builder.ts';
export type { Observation } from './monitoring/observation.ts';
export { readingOf } from './monitoring/reading-of.ts';
export {
  type LogLevel,
  type LogRecord,
  RecordingMonitoring,
} from './monitoring/recording-monitoring.ts';
export { partialMock } from './partial-mock.ts';
export { InMemorySpool, type InMemorySpoolOptions } from './spool/in-memory-spool.ts';
export {
  type BatchSpoolSuiteFactory,
  type BatchSpoolSuiteSubject,
  batchSpoolSuite,
} from './suites/batch-spool-suite.ts';
export { type CacheSuiteFactory, cacheSuite } from './suites/cache-suite.ts';
export { clockSuite } from './suites/clock-suite.ts';
export {
  type CollectorSuiteFactory,
  type CollectorSuiteSubject,
  collectorSuite,
} from './suites/collector-suite.ts';
export {
  type ConfigurationSuiteFactory,
  type ConfigurationSuiteGiven,
  configurationSuite,
} from './suites/configuration-suite.ts';
export { corporateActionStoreSuite } from './suites/corporate-action-store-suite.ts';
export {
  type CoverageSuiteFactory,
  type CoverageSuiteSubject,
  coverageReaderSuite,
} from './suites/coverage-reader-suite.ts';
export {
  type ErrorHandlerSuiteFactory,
  type ErrorHandlerSuiteGiven,
  type ErrorHandlerSuiteSubject,
  errorHandlerSuite,
} from './suites/error-handler-suite.ts';
export { eventPublisherSuite } from './suites/event-publisher-suite.ts';
export { type HealthSuiteFactory, type HealthSuiteGiven, healthSuite } from './suites/health-suite.ts';
export { leasesSuite } from './suites/leases-suite.ts';
export {
  type LifecycleSuiteFactory,
  type LifecycleSuiteSubject,
  lifecycleSuite,
} from './suites/lifecycle-suite.ts';
export { marketDataStoreSuite } from './suites/market-data-store-suite.ts';
export {
  type MonitoringReading,
  type MonitoringSuiteFactory,
  type MonitoringSuiteGiven,
  type MonitoringSuiteSubject,
  monitoringSuite,
} from './suites/monitoring-suite.ts';
export { runSuite, type SuiteTestOutcome } from './suites/run-suite.ts';
export type { Expectation, SuiteFactory, SuiteSubject, TestFunctions } from './suites/suite.ts';
export { workQueueSuite } from './suites/work-queue-suite.ts';
export { FakeWorkQueue, type FakeWorkQueueOptions } from './work/fake-work-queue.ts';
