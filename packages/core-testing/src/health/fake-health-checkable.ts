import {
  type Clock,
  type ComponentHealth,
  type HealthCheckable,
  type HealthStatus,
  type ReadinessStatus,
  worstStatus,
} from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';

export interface FakeHealthCheckableOptions {
  /** `fake` when left out. */
  readonly serviceName?: string;
  /** Stamps the reports and counts the uptime; a still {@link VirtualClock} when left out. */
  readonly clock?: Clock;
  /** The components to report; none (healthy) when left out. */
  readonly checks?: readonly ComponentHealth[];
  /** Ready when left out. */
  readonly readiness?: ReadinessStatus;
}

/** A service whose health the test sets. */
export class FakeHealthCheckable implements HealthCheckable {
  readonly serviceName: string;
  /** What {@link FakeHealthCheckable.healthCheck} reports; the worst decides the whole. */
  checks: readonly ComponentHealth[];
  /** What {@link FakeHealthCheckable.readyCheck} answers. */
  readiness: ReadinessStatus;
  readonly #clock: Clock;
  readonly #started: number;
  readonly #calls: ('healthCheck' | 'readyCheck')[] = [];
  #failure: Error | undefined;

  constructor(options: FakeHealthCheckableOptions = {}) {
    this.serviceName = options.serviceName ?? 'fake';
    this.checks = options.checks ?? [];
    this.readiness = options.readiness ?? { ready: true };
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

  async healthCheck(): Promise<HealthStatus> {
    this.#record('healthCheck');
    return {
      serviceName: this.serviceName,
      status: worstStatus(this.checks),
      timestamp: this.#clock.now(),
      checks: this.checks,
      uptimeSeconds: (this.#clock.monotonic() - this.#started) / 1000,
      version: '0.0.0-fake',
    };
  }

  async readyCheck(): Promise<ReadinessStatus> {
    this.#record('readyCheck');
    return this.readiness;
  }

  #record(call: 'healthCheck' | 'readyCheck'): void {
    this.#calls.push(call);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
