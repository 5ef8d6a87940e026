import { type Clock, type Lease, type Leases, ServiceError } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';

export interface FakeLeasesOptions {
  /** Decides when leases are over; a still {@link VirtualClock} when left out. */
  readonly clock?: Pick<Clock, 'now'>;
}

interface Entry {
  fence: number;
  held: boolean;
  until: number;
  note: string | undefined;
}

/** Leases in memory whose time the test moves and whose outages the test makes. */
export class FakeLeases implements Leases {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #entries: Map<string, Entry> = new Map();
  #outage: Error | undefined;

  constructor(options: FakeLeasesOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
  }

  /** Rejects every call from now on until {@link FakeLeases.recover}; what is held and noted stays. */
  failWith(error: Error = unavailable()): void {
    this.#outage = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#outage = undefined;
  }

  async acquire(name: string, { leaseMs }: { readonly leaseMs: number }): Promise<Lease | undefined> {
    this.#check();
    const now = this.#clock.now();
    const known = this.#entries.get(name);
    if (known?.held && known.until > now) return undefined;
    const fence = (known?.fence ?? 0) + 1;
    const entry: Entry = { fence, held: true, until: now + leaseMs, note: known?.note };
    this.#entries.set(name, entry);
    const change = (by: (held: Entry) => void): boolean => {
      this.#check();
      const current = this.#entries.get(name);
      if (current !== entry || !entry.held) return false;
      by(entry);
      return true;
    };
    return {
      name,
      fence,
      note: entry.note,
      renew: async (options) =>
        change((held) => {
          held.until = this.#clock.now() + options.leaseMs;
        }),
      write: async (note) =>
        change((held) => {
          held.note = note;
        }),
      release: async () =>
        change((held) => {
          held.held = false;
        }),
    };
  }

  async noteOf(name: string): Promise<string | undefined> {
    this.#check();
    return this.#entries.get(name)?.note;
  }

  async close(): Promise<void> {}

  #check(): void {
    if (this.#outage !== undefined) throw this.#outage;
  }
}

function unavailable(): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'unavailable', message: 'the fake leases were told to fail' });
}
