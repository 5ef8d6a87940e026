import type { ServiceError } from '@quantumtrade/core-traits';
import type { AcquireOptions, Quota, QuotaUsage } from './quota.ts';

export interface RotatingQuotaDependencies {
  /** A hash of the key that is in use now. */
  readonly account: () => string;
  /** Makes the quota of an account; asked once for each. */
  readonly quotaOf: (account: string) => Quota;
  /** Lets go of what all of them use, when they are closed. */
  readonly release?: (() => void) | undefined;
}

/** A quota for a key that may be replaced while the service runs: each key has limits of its own. */
export class RotatingQuota implements Quota {
  readonly #dependencies: RotatingQuotaDependencies;
  readonly #quotas: Map<string, Quota> = new Map();

  constructor(dependencies: RotatingQuotaDependencies) {
    this.#dependencies = dependencies;
  }

  async acquire(options?: AcquireOptions): Promise<void> {
    await this.#current().acquire(options);
  }

  refused(error: ServiceError): void {
    this.#current().refused(error);
  }

  async usage(): Promise<QuotaUsage> {
    return (await this.#current().usage?.()) ?? { windows: [], counted: 'here', hold: undefined };
  }

  async close(): Promise<void> {
    for (const quota of this.#quotas.values()) await quota.close?.();
    this.#dependencies.release?.();
  }

  #current(): Quota {
    const { account, quotaOf } = this.#dependencies;
    const name = account();
    const known = this.#quotas.get(name);
    if (known !== undefined) return known;
    const made = quotaOf(name);
    this.#quotas.set(name, made);
    return made;
  }
}
