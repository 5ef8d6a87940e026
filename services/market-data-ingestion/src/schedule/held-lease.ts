import { type Clock, type Lease, ServiceError } from '@quantumtrade/core-traits';

export interface HeldLeaseDependencies {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Renews a lease until it is stopped, and says when it is lost: taken over, or over while nobody could be asked. */
export class HeldLease {
  /** Aborts when the lease is lost, with a ServiceError of kind `system` and reason `leaseLost`. */
  readonly lost: AbortSignal;
  readonly #lost: AbortController = new AbortController();
  readonly #stopped: AbortController = new AbortController();
  readonly #done: Promise<void>;

  constructor({ lease, clock, leaseMs }: HeldLeaseDependencies) {
    this.lost = this.#lost.signal;
    this.#done = this.#renew(lease, clock, leaseMs).catch(() => {});
  }

  /** Renews no more. The lease stays until it is released or over. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #renew(lease: Lease, clock: Clock, leaseMs: number): Promise<void> {
    const { signal } = this.#stopped;
    let until = clock.monotonic() + leaseMs;
    while (!signal.aborted) {
      // In time for a second and a third try before it is over.
      await clock.sleep(Math.min(leaseMs / 4, Math.max(0, until - clock.monotonic())), signal);
      const asked = clock.monotonic();
      let failure: unknown;
      const held = await lease.renew({ leaseMs }).catch((error: unknown) => {
        failure = error;
        return undefined;
      });
      if (held === true) until = asked + leaseMs;
      else if (held === false) return this.#lose('another replica has taken over', undefined);
      else if (clock.monotonic() >= until) return this.#lose('it could not be renewed in time', failure);
    }
  }

  #lose(why: string, cause: unknown): void {
    const message = `the lease of the run is lost (${why}): it is ended here, and made up for where the lease is`;
    this.#lost.abort(new ServiceError({ kind: 'system', reason: 'leaseLost', message, retryable: true, cause }));
  }
}
