export { bind, resolve } from './composition.ts';
export type { Aliases } from './configuration/alias-layer.ts';
export {
  type ConfigurationOutcome,
  checkConfiguration,
  createConfigurationProvider,
} from './configuration/create-configuration-provider.ts';
export type { Environment } from './configuration/environment-layer.ts';
export type {
  ConfigurationChange,
  ConfigurationWatch,
  DescribedSetting,
  LayeredConfiguration,
  ReloadOutcome,
  WatchOptions,
} from './configuration/layered-configuration.ts';
export type { ConfigurationOptions } from './configuration/load-settings.ts';
export type { ConfigurationProblem } from './configuration/problem.ts';
export { createErrorHandler, type ErrorHandlerDependencies, errorsTotal } from './errors/create-error-handler.ts';
export { defaultErrorPolicy, type ErrorPolicy, type ErrorRule } from './errors/error-policy.ts';
export type { RetryBudgetLimits } from './errors/retry-budget.ts';
export { HealthRegistry, type HealthRegistryDependencies } from './health/health-registry.ts';
export {
  LifecycleGroup,
  type LifecycleGroupComponent,
  type LifecycleGroupDependencies,
} from './lifecycle/lifecycle-group.ts';
export { systemClock } from './lifecycle/system-clock.ts';
export {
  createMonitoring,
  type DefaultMonitoring,
  type LogLevel,
  type MonitoringOptions,
} from './monitoring/default-monitoring.ts';
export { createRedactor } from './monitoring/redactor.ts';
