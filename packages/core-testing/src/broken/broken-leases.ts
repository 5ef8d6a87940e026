import type { Lease, Leases } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeLeases } from '../lease/fake-leases.ts';
import type { SuiteFactory } from '../suites/suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (leases: FakeLeases, clock: VirtualClock) => Partial<Leases>;

/** Leases that break a law of the suite each. */
export const brokenLeases: readonly BrokenImplementation<SuiteFactory<Leases>>[] = [
  broken('answers null for a refusal', 'give a name to one holder and refuse the others', (leases) => ({
    acquire: async (name, options) => (await leases.acquire(name, options)) ?? (null as unknown as undefined),
  })),
  broken('looks first and takes later', 'give a name to one of many that ask at once', (leases) => {
    const taken = new Set<string>();
    return {
      acquire: async (name, options) => {
        if (taken.has(name)) return undefined;
        await Promise.resolve();
        taken.add(name);
        return (await leases.acquire(name, options)) ?? heldAnyway(name);
      },
    };
  }),
  broken('has one lease for all names', 'keep names apart', (leases) => ({
    acquire: (_, options) => leases.acquire('all', options),
    noteOf: () => leases.noteOf('all'),
  })),
  broken('says yes to every release', 'give a name on when it is released, once', (leases) => ({
    acquire: (name, options) =>
      changed(leases.acquire(name, options), (lease) => ({
        release: async () => {
          await lease.release();
          return true;
        },
      })),
  })),
  broken('gives all holders one number', 'count holders upwards', (leases) => ({
    acquire: (name, options) => changed(leases.acquire(name, options), () => ({ fence: 1 })),
  })),
  broken('shows notes to holders only', 'keep what a holder noted for the next one and for anybody who asks', () => ({
    noteOf: async () => undefined,
  })),
  broken('notes what anybody says', 'take nothing from a holder that has released', (leases) => {
    const notes = new Map<string, string>();
    return {
      acquire: (name, options) =>
        changed(leases.acquire(name, options), () => ({
          note: notes.get(name),
          write: async (note) => {
            notes.set(name, note);
            return true;
          },
        })),
      noteOf: async (name) => notes.get(name),
    };
  }),
  broken('never replaces a holder', 'replace a holder that is gone, and answer the late one', (leases) => ({
    acquire: (name) => leases.acquire(name, { leaseMs: Number.MAX_SAFE_INTEGER }),
  })),
  broken('does not hear a renewal', 'stay with a holder that renews', (leases) => ({
    acquire: (name, options) => changed(leases.acquire(name, options), () => ({ renew: async () => true })),
  })),
  broken('forgets a late holder by itself', 'stay with a late holder while nobody else has come', (leases, clock) => ({
    acquire: (name, options) => {
      const until = clock.now() + options.leaseMs;
      return changed(leases.acquire(name, options), (lease) => ({
        renew: async (again) => clock.now() < until && (await lease.renew(again)),
      }));
    },
  })),
];

async function changed(
  acquiring: Promise<Lease | undefined>,
  by: (lease: Lease) => Partial<Lease>,
): Promise<Lease | undefined> {
  const lease = await acquiring;
  return lease && { ...lease, ...by(lease) };
}

function heldAnyway(name: string): Lease {
  const yes = async (): Promise<boolean> => true;
  return { name, fence: 1, note: undefined, renew: yes, write: yes, release: yes };
}

function broken(defect: string, law: string, by: Break): BrokenImplementation<SuiteFactory<Leases>> {
  const create: SuiteFactory<Leases>['create'] = async () => {
    const clock = new VirtualClock();
    const leases = new FakeLeases({ clock });
    const sound: Leases = {
      acquire: (name, options) => leases.acquire(name, options),
      noteOf: (name) => leases.noteOf(name),
      close: () => leases.close(),
    };
    return { subject: { ...sound, ...by(leases, clock) }, advance: (milliseconds) => clock.advance(milliseconds) };
  };
  return { defect, law, factory: { create } };
}
