import {
  type Clock,
  type ComponentHealth,
  type HealthCheck,
  type HealthCheckable,
  type HealthCheckOptions,
  type HealthStatus,
  type ReadinessStatus,
  worstStatus,
} from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { askComponent } from './ask-component.ts';

export interface FakeHealthCheckableOptions {
  /** `fake` when left out. */
  readonly serviceName?: string;
  /** Stamps the reports and counts the uptime; a still {@link VirtualClock} when left out. */
  readonly clock?: Clock;
  /** The components to report; none (healthy) when left out. */
  readonly checks?: readonly ComponentHealth[];
  /** Components that are really asked, after `checks`; none when left out. */
  readonly components?: readonly HealthCheck[];
  /** By the critical ones of `components` when left out; without those, ready. */
  readonly readiness?: ReadinessStatus;
}

/**
 * A service whose health the test sets, as rows (`checks`) or as components that are asked within their deadlines, on the
 * given clock: a component that hangs is `unknown` once the test has advanced it.
 */
export class FakeHealthCheckable implements HealthCheckable {
  readonly serviceName: string;
  /** What {@link FakeHealthCheckable.healthCheck} reports; the worst decides the whole. */
  checks: readonly ComponentHealth[];
  /** What {@link FakeHealthCheckable.readyCheck} answers; `undefined` asks the critical components. */
  readiness: ReadinessStatus | undefined;
  readonly #components: readonly HealthCheck[];
  readonly #clock: Clock;
  readonly #started: number;
  readonly #calls: ('healthCheck' | 'readyCheck')[] = [];
  #failure: Error | undefined;

  constructor(options: FakeHealthCheckableOptions = {}) {
    this.serviceName = options.serviceName ?? 'fake';
    this.checks = options.checks ?? [];
    this.readiness = options.readiness;
    this.#components = options.components ?? [];
    this.#clock = options.clock ?? new VirtualClock();
    this.#started = this.#clock.monotonic();
  }

  /** The calls so far, in order. */
  get calls(): readonly ('healthCheck' | 'readyCheck')[] {
    return this.#calls;
  }

  /** Breaks the contract on purpose: both checks reject until {@link FakeHealthCheckable.recover}. */
  failWith(error: Error = new Error('the fake health check was told to fail')): void {
    this.#failure = error;
  }

  recover(): void {
    this.#failure = undefined;
  }

  async healthCheck({ signal }: HealthCheckOptions = {}): Promise<HealthStatus> {
    this.#record('healthCheck');
    const checks = [...this.checks, ...(await this.#ask(this.#components, signal))];
    return {
      serviceName: this.serviceName,
      status: worstStatus(checks),
      timestamp: this.#clock.now(),
      checks,
      uptimeSeconds: (this.#clock.monotonic() - this.#started) / 1000,
      version: '0.0.0-fake',
    };
  }

  async readyCheck({ signal }: HealthCheckOptions = {}): Promise<ReadinessStatus> {
    this.#record('readyCheck');
    if (this.readiness !== undefined) return this.readiness;
    const critical = this.#components.filter((component) => component.critical);
    const broken = (await this.#ask(critical, signal)).find(
      ({ status }) => status === 'unhealthy' || status === 'unknown',
    );
    return broken === undefined ? { ready: true } : { ready: false, reason: `${broken.name} is ${broken.status}` };
  }

  #ask(components: readonly HealthCheck[], signal: AbortSignal | undefined): Promise<readonly ComponentHealth[]> {
    return Promise.all(components.map((component) => askComponent(component, this.#clock, signal)));
  }

  #record(call: 'healthCheck' | 'readyCheck'): void {
    this.#calls.push(call);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
