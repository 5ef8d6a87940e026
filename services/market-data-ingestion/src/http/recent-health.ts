import type { Clock, HealthCheckable, HealthStatus } from '@quantumtrade/core-traits';

/** A report younger than this is told again; milliseconds. */
const freshMs = 1_000;
/** A report younger than this is told again while the next one is made; milliseconds. */
const tellableMs = 5_000;

/**
 * Health for those who ask often. They are told the last report while the next one is made, so that probes do not wait
 * for a store that is busy, nor keep it busy; who asks seldom gets a new one. Each component's `lastCheck` says how old
 * what is told is: 5 seconds at most.
 */
export class RecentHealth {
  readonly #service: HealthCheckable;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #last: { readonly status: HealthStatus; readonly at: number } | undefined;
  #next: Promise<HealthStatus> | undefined;

  constructor({ service, clock }: { readonly service: HealthCheckable; readonly clock: Pick<Clock, 'monotonic'> }) {
    this.#service = service;
    this.#clock = clock;
  }

  async healthCheck(): Promise<HealthStatus> {
    const last = this.#last;
    const age = last === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonic() - last.at;
    if (last !== undefined && age < freshMs) return last.status;
    this.#next ??= this.#begin();
    if (last === undefined || age >= tellableMs) return await this.#next;
    this.#next.catch(() => {});
    return last.status;
  }

  #begin(): Promise<HealthStatus> {
    const next = this.#ask();
    const end = (): void => {
      this.#next = undefined;
    };
    next.then(end, end);
    return next;
  }

  async #ask(): Promise<HealthStatus> {
    const status = await this.#service.healthCheck();
    this.#last = { status, at: this.#clock.monotonic() };
    return status;
  }
}
