import {
  type Clock,
  type ComponentHealth,
  type ComponentReport,
  type HealthCheck,
  type HealthCheckable,
  type HealthCheckOptions,
  type HealthStatus,
  type ReadinessStatus,
  worstStatus,
} from '@quantumtrade/core-traits';
import { type DeadlineOutcome, withDeadline } from '../lifecycle/with-deadline.ts';
import { messageOf } from '../text.ts';

const defaultTimeoutMs = 2_000;

/** What a health registry is made of. */
export interface HealthRegistryDependencies {
  readonly serviceName: string;
  readonly version: string;
  readonly clock: Clock;
  /** A check that names no time of its own has 2000 ms. */
  readonly checks: readonly HealthCheck[];
  /**
   * When the service started, in milliseconds since the Unix epoch (UTC), or a function that knows it and gives
   * `undefined` before. The registry's own creation when left out.
   */
  readonly startedAt?: number | (() => number | undefined) | undefined;
}

/**
 * Asks every component at once, each within its own time. A check that throws is one `unhealthy` component and one
 * that does not answer is one `unknown` component; neither call ever rejects.
 */
export class HealthRegistry implements HealthCheckable {
  readonly serviceName: string;
  readonly #version: string;
  readonly #clock: Clock;
  readonly #checks: readonly HealthCheck[];
  readonly #uptimeMs: () => number;

  constructor(dependencies: HealthRegistryDependencies) {
    const { clock, startedAt } = dependencies;
    this.serviceName = dependencies.serviceName;
    this.#version = dependencies.version;
    this.#clock = clock;
    this.#checks = dependencies.checks;
    const created = clock.monotonic();
    this.#uptimeMs = () => {
      if (startedAt === undefined) return clock.monotonic() - created;
      const since = typeof startedAt === 'number' ? startedAt : startedAt();
      return since === undefined ? 0 : clock.now() - since;
    };
  }

  async healthCheck(options: HealthCheckOptions = {}): Promise<HealthStatus> {
    const checks = await Promise.all(this.#checks.map((check) => this.#ask(check, options)));
    return {
      serviceName: this.serviceName,
      status: worstStatus(checks),
      timestamp: this.#clock.now(),
      checks,
      uptimeSeconds: Math.max(0, this.#uptimeMs() / 1_000),
      version: this.#version,
    };
  }

  async readyCheck(options: HealthCheckOptions = {}): Promise<ReadinessStatus> {
    const critical = this.#checks.filter((check) => check.critical);
    const reports = await Promise.all(critical.map((check) => this.#ask(check, options)));
    const atFault = reports.find(({ status }) => status === 'unhealthy' || status === 'unknown');
    // Whoever may ask this may be anybody; the message, which may hold addresses, is in the report of health.
    return atFault === undefined ? { ready: true } : { ready: false, reason: `${atFault.name} is ${atFault.status}` };
  }

  async #ask(check: HealthCheck, { signal }: HealthCheckOptions): Promise<ComponentHealth> {
    const clock = this.#clock;
    const began = clock.monotonic();
    const timeoutMs = check.timeoutMs ?? defaultTimeoutMs;
    const outcome = await withDeadline({ clock, timeoutMs, signal }, (checkSignal) =>
      check.check({ signal: checkSignal }),
    );
    const { status, message, implementation } = reportOf(outcome, timeoutMs);
    return {
      name: check.name,
      status,
      message,
      ...(implementation === undefined ? {} : { implementation }),
      lastCheck: clock.now(),
      responseTimeMs: clock.monotonic() - began,
    };
  }
}

function reportOf(outcome: DeadlineOutcome<ComponentReport>, timeoutMs: number): ComponentReport {
  switch (outcome.outcome) {
    case 'done':
      // A check without types may answer anything, and one bad row must not take the report down.
      return typeof outcome.value?.status === 'string'
        ? outcome.value
        : { status: 'unhealthy', message: 'the check gave no report' };
    case 'failed':
      return { status: 'unhealthy', message: messageOf(outcome.error) };
    case 'timedOut':
      return { status: 'unknown', message: `no answer within ${timeoutMs} ms` };
    case 'aborted':
      return { status: 'unknown', message: 'the check was ended before it answered' };
  }
}
