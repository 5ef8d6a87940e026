export type { Cache } from './cache/cache.ts';
export type {
  ConfigurationProvider,
  ConfigurationSection,
  SchemaIssue,
  SchemaResult,
  SectionSchema,
} from './configuration/configuration-provider.ts';
export { Redacted } from './configuration/redacted.ts';
export type { ErrorClassification, ErrorContext, ErrorDecision, ErrorHandler } from './errors/error-handler.ts';
export {
  isServiceError,
  ServiceError,
  type ServiceErrorInit,
  type ServiceErrorJson,
  type ServiceErrorKind,
  type ServiceErrorKinds,
  toServiceError,
} from './errors/service-error.ts';
export { EventAudience } from './events/event-audience.ts';
export type { EventListener, EventPublisher, NewEvent, PublishedEvent } from './events/event-publisher.ts';
export { eventText } from './events/event-text.ts';
export {
  type ComponentHealth,
  type ComponentReport,
  type HealthCheck,
  type HealthCheckable,
  type HealthCheckOptions,
  type HealthState,
  type HealthStatus,
  type ReadinessStatus,
  worstStatus,
} from './health/health.ts';
export type { Lease, Leases } from './lease/leases.ts';
export type { Clock } from './lifecycle/clock.ts';
export type { Lifecycle, LifecycleOptions } from './lifecycle/lifecycle.ts';
export type { Instrument, Labels, LogContext, MonitoringProvider } from './monitoring/monitoring-provider.ts';
export { createToken, type Token, tokens } from './tokens.ts';
export { isTriedAgain, leaseExpired } from './work/attempts.ts';
export { type EndedGroup, groupsToForget } from './work/groups-to-forget.ts';
export { noWork } from './work/no-work.ts';
export { type NormalizedWork, normalizeWork } from './work/normalize-work.ts';
export type {
  ClaimedWork,
  Json,
  NewWork,
  Work,
  WorkFailure,
  WorkFilter,
  WorkProgress,
  WorkQueue,
  WorkRetention,
  WorkRetry,
  WorkSelection,
  WorkState,
} from './work/work-queue.ts';
