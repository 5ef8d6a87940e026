export type { ActionOptions } from './collection/action-collection.ts';
export { type CollectAllOptions, type CollectionJob, collectAll, type JobOutcome } from './collection/collect-all.ts';
export { type CollectionOptions, parseInterval } from './collection/collection-request.ts';
export { AlpacaCollector, type AlpacaCollectorDependencies } from './collectors/alpaca/alpaca-collector.ts';
export type { AlpacaFeed, AlpacaSettings } from './collectors/alpaca/settings.ts';
export {
  AlphaVantageCollector,
  type AlphaVantageCollectorDependencies,
} from './collectors/alpha-vantage/alpha-vantage-collector.ts';
export type { AlphaVantageSettings } from './collectors/alpha-vantage/settings.ts';
export {
  createVendorHttp,
  type VendorAnswer,
  type VendorHttp,
  type VendorHttpOptions,
  type VendorHttpSettings,
} from './collectors/shared/http.ts';
export { type VendorInstruments, vendorInstruments } from './collectors/shared/instruments.ts';
export { retryAfterOf } from './collectors/shared/retry-after.ts';
export type { Vendor } from './collectors/shared/vendor.ts';
export { VendorCalls, type VendorCallsDependencies } from './collectors/shared/vendor-calls.ts';
export { keyRefused, type VendorRefusal, vendorError } from './collectors/shared/vendor-error.ts';
export { type VendorReason, vendorReasons } from './collectors/shared/vendor-reason.ts';
export { type CompositionOptions, registerMarketDataIngestion } from './composition.ts';
export { clickhouseOptions } from './configuration/clickhouse-options.ts';
export {
  type CollectionSection,
  type CoverageSection,
  collectionSection,
  coverageSection,
  type ErrorsSection,
  errorsSection,
} from './configuration/collection-sections.ts';
export { configurationOptions } from './configuration/configuration-options.ts';
export { type HttpSection, httpSection, type LoggingSection, loggingSection } from './configuration/daemon-sections.ts';
export { environmentAliases, environmentPrefix, sections } from './configuration/sections.ts';
export {
  type ClickHouseSection,
  clickhouseSection,
  type RedisSection,
  redisSection,
  type SpoolSection,
  type StorageSection,
  spoolSection,
  storageSection,
} from './configuration/storage-sections.ts';
export {
  type AlpacaSection,
  type AlphaVantageSection,
  alpacaSection,
  alphaVantageSection,
  type RateLimitsSection,
  rateLimitsSection,
} from './configuration/vendor-sections.ts';
export { type JobsSection, jobsSection, type ScheduleSection, scheduleSection } from './configuration/work-sections.ts';
export { type CoverageGap, distinctRequests, type GapRequest, gapsOf } from './coverage/coverage-gaps.ts';
export { CoverageLedger, type CoverageLedgerDependencies, type CoverageQuery } from './coverage/coverage-ledger.ts';
export type { CoverageSettings } from './coverage/coverage-settings.ts';
export { type CoverageDependencies, createCoverage } from './coverage/create-coverage.ts';
export { exchangeOf } from './coverage/exchange-of.ts';
export { createService, type ServiceDependencies } from './create-service.ts';
export { instruments } from './instruments.ts';
export { createJobs, type Jobs, type JobsDependencies } from './jobs/create-jobs.ts';
export type { ItemOutcome, ItemService, ItemWorkerDependencies } from './jobs/item-worker.ts';
export type {
  JobDetail,
  JobProgress,
  JobRequest,
  JobState,
  JobSummary,
  Tier,
} from './jobs/job.ts';
export { JobBoard, type JobBoardDependencies, type JobPlan } from './jobs/job-board.ts';
export { JobIntake, type JobIntakeDependencies } from './jobs/job-intake.ts';
export type { JobItem } from './jobs/job-item.ts';
export { JobRunner, type JobRunnerDependencies, type RunnerPause } from './jobs/job-runner.ts';
export {
  type GapsOf,
  type MissingHistory,
  type MissingPart,
  missingByLedger,
  missingByMemory,
  type WantedHistory,
} from './jobs/missing-history.ts';
export type { JobScope } from './jobs/plan-job.ts';
export { QualityProcessor, type QualityProcessorDependencies } from './processors/quality-processor.ts';
export type { QualitySettings } from './processors/quality-settings.ts';
export { createQuota, type QuotaOptions } from './quota/create-quota.ts';
export type { LedgerMemory } from './quota/process-ledger.ts';
export {
  type AcquireOptions,
  type LimitReason,
  type Quota,
  type QuotaUsage,
  unlimited,
  type WindowUsage,
} from './quota/quota.ts';
export type { QuotaLimits } from './quota/rate-plan.ts';
export { connectRedisScripts, type RedisScripts, type RedisScriptsSettings } from './quota/redis-scripts.ts';
export { type CreateScheduleDependencies, createSchedule } from './schedule/create-schedule.ts';
export type { RunOutcome, RunSummary } from './schedule/run-record.ts';
export { Schedule, type ScheduleDependencies, type ScheduleSettings } from './schedule/schedule.ts';
export type { ScheduledTask, TaskReport, TaskRunOptions } from './schedule/task.ts';
export type { TaskState } from './schedule/task-loop.ts';
export type { TaskStatus } from './schedule/task-status.ts';
export { type MarketDataIngestionService, MarketDataIngestionServiceToken } from './service.ts';
export { CacheFallback } from './storage/cache-fallback.ts';
export { createCollector, type VendorChoice, type VendorRegistry, vendors } from './vendors/registry.ts';
export type { VendorAccount } from './vendors/vendor-account.ts';
export type { VendorDependencies } from './vendors/vendor-dependencies.ts';
export type { VendorFactory, VendorProblem } from './vendors/vendor-factory.ts';
