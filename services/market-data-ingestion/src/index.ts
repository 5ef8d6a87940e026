export { type CollectAllOptions, type CollectionJob, collectAll, type JobOutcome } from './collection/collect-all.ts';
export { type CollectionOptions, parseInterval } from './collection/collection-request.ts';
export { type CompositionOptions, registerMarketDataIngestion } from './composition.ts';
export {
  type AlphaVantageSection,
  alphaVantageSection,
  type CollectionSection,
  collectionSection,
  environmentAliases,
  environmentPrefix,
  type LoggingSection,
  loggingSection,
  type RateLimitsSection,
  rateLimitsSection,
  type StorageSection,
  sections,
  storageSection,
} from './configuration/sections.ts';
export { createService, type ServiceDependencies } from './create-service.ts';
export { instruments } from './instruments.ts';
export { type MarketDataIngestionService, MarketDataIngestionServiceToken } from './service.ts';
