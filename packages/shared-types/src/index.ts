export {
  type CorporateAction,
  type CorporateActionField,
  type CorporateActionKind,
  type CorporateActionList,
  corporateActionKinds,
  type RawCorporateAction,
  type RawCorporateActions,
  type RejectedCorporateAction,
  type StoredCorporateAction,
  type StoredRejectedAction,
} from './actions/corporate-action.ts';
export {
  type CorporateActionChanges,
  type CorporateActionVersion,
  corporateActionChanges,
} from './actions/corporate-action-changes.ts';
export { type AssetClass, assetClasses, assetClassOf, type Pair, pairOf } from './bars/asset.ts';
export { type BarBatch, barTextAt, type DecimalColumn, decimalTextAt } from './bars/bar-batch.ts';
export { type BarJson, barJson } from './bars/bar-json.ts';
export { type BrokenRulesColumn, brokenRulesAt } from './bars/broken-rules.ts';
export { type Interval, intervals, intradayMilliseconds, isInterval } from './bars/interval.ts';
export { type MarketData, type StoredBar, toMarketData } from './bars/market-data.ts';
export {
  type BarField,
  type RawBarRow,
  type RawBars,
  type RawBarsHeader,
  rawBarsFromRows,
  type TextColumn,
  textAt,
} from './bars/raw-bars.ts';
export type { Adjustment, BarLabel, Series, TimeRange } from './bars/series.ts';
export { storedBarAt } from './bars/stored-bar-at.ts';
export { parseSymbol } from './bars/symbol.ts';
export type { BatchSpool, DamagedEntry, SpoolEntry, SpooledBatch, SpoolStats } from './contracts/batch-spool.ts';
export type { CollectionFallback } from './contracts/collection-fallback.ts';
export {
  type CollectionOutcome,
  type CollectionQuery,
  type CollectionRecord,
  collectionOutcomes,
} from './contracts/collection-record.ts';
export type { CollectionResult, CollectionWarning } from './contracts/collection-result.ts';
export type {
  AdjustedForm,
  AssetCapabilities,
  CollectorCapabilities,
  DataEntitlement,
} from './contracts/collector-capabilities.ts';
export type {
  CorporateActionBatch,
  CorporateActionOutcome,
  CorporateActionQuery,
  CorporateActionStore,
} from './contracts/corporate-action-store.ts';
export type { CorporateActionsResult } from './contracts/corporate-actions-result.ts';
export {
  type CoverageEvidence,
  type CoverageRow,
  type CoverageState,
  coverageStates,
  type UnrecoverableReason,
} from './contracts/coverage.ts';
export type {
  CollectionAnswer,
  CoverageReader,
  DayCount,
  RejectedLabel,
  SeriesGroup,
  SliceCount,
  TimeSlice,
} from './contracts/coverage-reader.ts';
export type { DataProcessor, ProcessedBars, QuarantinedBar } from './contracts/data-processor.ts';
export type {
  BarRequest,
  CollectionPriority,
  CollectorOptions,
  CorporateActionRequest,
  MarketDataCollector,
} from './contracts/market-data-collector.ts';
export type {
  BarHistoryQuery,
  BatchIdentity,
  InsertOutcome,
  MarketDataQuery,
  MarketDataStore,
  QuarantinePosition,
  QuarantineQuery,
  StoredQuarantine,
  StoreOptions,
} from './contracts/market-data-store.ts';
export { quarantineLabelLength } from './contracts/market-data-store.ts';
export { requireActionsOffered, requireOffered } from './contracts/require-offered.ts';
export { marketDataTokens } from './tokens.ts';
