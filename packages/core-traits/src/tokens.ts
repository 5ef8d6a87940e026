import type { Cache } from './cache/cache.ts';
import type { ConfigurationProvider } from './configuration/configuration-provider.ts';
import type { ErrorHandler } from './errors/error-handler.ts';
import type { EventPublisher } from './events/event-publisher.ts';
import type { HealthCheckable } from './health/health.ts';
import type { Leases } from './lease/leases.ts';
import type { Clock } from './lifecycle/clock.ts';
import type { Lifecycle } from './lifecycle/lifecycle.ts';
import type { MonitoringProvider } from './monitoring/monitoring-provider.ts';
import type { WorkQueue } from './work/work-queue.ts';

declare const bound: unique symbol;

/**
 * Names a contract in a dependency-injection container and carries the contract's type.
 *
 * At run time it is a registered symbol (`Symbol.for`), so two copies of a package agree on it, and tsyringe, InversifyJS
 * or a plain `Map` accept it as a key as it is.
 */
export type Token<T> = symbol & { readonly [bound]?: (value: T) => T };

/** Makes the token of a contract; the same name gives the same token everywhere in the process. */
export function createToken<T>(name: string): Token<T> {
  return Symbol.for(`@quantumtrade/${name}`) as Token<T>;
}

/** The tokens of this package's contracts, one per contract. */
export const tokens: {
  readonly Cache: Token<Cache>;
  readonly Clock: Token<Clock>;
  readonly ConfigurationProvider: Token<ConfigurationProvider>;
  readonly ErrorHandler: Token<ErrorHandler>;
  readonly EventPublisher: Token<EventPublisher>;
  readonly HealthCheckable: Token<HealthCheckable>;
  readonly Leases: Token<Leases>;
  readonly Lifecycle: Token<Lifecycle>;
  readonly MonitoringProvider: Token<MonitoringProvider>;
  readonly WorkQueue: Token<WorkQueue>;
} = {
  Cache: createToken('Cache'),
  Clock: createToken('Clock'),
  ConfigurationProvider: createToken('ConfigurationProvider'),
  ErrorHandler: createToken('ErrorHandler'),
  EventPublisher: createToken('EventPublisher'),
  HealthCheckable: createToken('HealthCheckable'),
  Leases: createToken('Leases'),
  Lifecycle: createToken('Lifecycle'),
  MonitoringProvider: createToken('MonitoringProvider'),
  WorkQueue: createToken('WorkQueue'),
};
