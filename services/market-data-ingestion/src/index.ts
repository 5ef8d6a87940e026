export { type CollectAllOptions, type CollectionJob, collectAll, type JobOutcome } from './collection/collect-all.ts';
export { type CollectionOptions, parseInterval } from './collection/collection-request.ts';
export {
  AlphaVantageCollector,
  type AlphaVantageCollectorDependencies,
} from './collectors/alpha-vantage/alpha-vantage-collector.ts';
export {
  createVendorHttp,
  type VendorAnswer,
  type VendorHttp,
  type VendorHttpOptions,
  type VendorHttpSettings,
} from './collectors/alpha-vantage/http.ts';
export type { AlphaVantageSettings } from './collectors/alpha-vantage/settings.ts';
export { type VendorReason, vendorReasons } from './collectors/alpha-vantage/vendor-reason.ts';
export { type CompositionOptions, registerMarketDataIngestion } from './composition.ts';
export { configurationOptions } from './configuration/configuration-options.ts';
export {
  type AlphaVantageSection,
  alphaVantageSection,
  type CollectionSection,
  collectionSection,
  type ErrorsSection,
  environmentAliases,
  environmentPrefix,
  errorsSection,
  type LoggingSection,
  loggingSection,
  type RateLimitsSection,
  type RedisSection,
  rateLimitsSection,
  redisSection,
  type StorageSection,
  sections,
  storageSection,
} from './configuration/sections.ts';
export { createService, type ServiceDependencies } from './create-service.ts';
export { instruments } from './instruments.ts';
export { QualityProcessor, type QualityProcessorDependencies } from './processors/quality-processor.ts';
export type { QualitySettings } from './processors/quality-settings.ts';
export { createQuota, type QuotaOptions } from './quota/create-quota.ts';
export type { VendorName } from './quota/limit-error.ts';
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
export { connectRedisScripts, type RedisScripts } from './quota/redis-scripts.ts';
export { type MarketDataIngestionService, MarketDataIngestionServiceToken } from './service.ts';
export { CacheFallback } from './storage/cache-fallback.ts';
