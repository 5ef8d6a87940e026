import type { Lease, Leases } from '@quantumtrade/core-traits';

export interface SharedLeasesDependencies {
  /** Of the processes of one data directory. */
  readonly local: Leases;
  /** Of all replicas. */
  readonly shared: Leases;
  /** What two notes say together. */
  readonly merge: (shared: string, local: string) => string;
}

/**
 * Leases of all replicas, with a copy of their notes in each data directory: a Redis that has forgotten everything costs
 * nothing that any replica still knows. A lease needs both places; a note is what the two know together.
 */
export class SharedLeases implements Leases {
  readonly #local: Leases;
  readonly #shared: Leases;

  readonly #merge: SharedLeasesDependencies['merge'];

  constructor({ local, shared, merge }: SharedLeasesDependencies) {
    this.#local = local;
    this.#shared = shared;
    this.#merge = merge;
  }

  async acquire(name: string, options: { readonly leaseMs: number }): Promise<Lease | undefined> {
    const here = await this.#local.acquire(name, options);
    if (here === undefined) return undefined;
    let everywhere: Lease | undefined;
    try {
      everywhere = await this.#shared.acquire(name, options);
    } finally {
      if (everywhere === undefined) await here.release();
    }
    return everywhere && both(here, everywhere, this.#together(everywhere.note, here.note));
  }

  async noteOf(name: string): Promise<string | undefined> {
    const shared = await this.#shared.noteOf(name).catch(() => undefined);
    return this.#together(shared, await this.#local.noteOf(name));
  }

  async close(): Promise<void> {
    await Promise.all([this.#local.close(), this.#shared.close()]);
  }

  #together(shared: string | undefined, local: string | undefined): string | undefined {
    return shared === undefined || local === undefined ? (shared ?? local) : this.#merge(shared, local);
  }
}

/** What one lease of the two refuses is refused; the shared one is asked first, because it decides. */
function both(here: Lease, everywhere: Lease, note: string | undefined): Lease {
  const agree = async (change: (lease: Lease) => Promise<boolean>): Promise<boolean> =>
    (await change(everywhere)) && (await change(here));
  return {
    name: everywhere.name,
    fence: everywhere.fence,
    note,
    renew: (options) => agree((lease) => lease.renew(options)),
    write: (text) => agree((lease) => lease.write(text)),
    release: async () => {
      // The own one in any case, so that this data directory is free although Redis is away.
      const released = await here.release();
      return (await everywhere.release()) && released;
    },
  };
}
