import { randomUUID } from 'node:crypto';
import type { Lease, Leases } from '@quantumtrade/core-traits';
import { pass, type SuiteFactory, type SuiteSubject, type TestFunctions, withSubject } from './suite.ts';

interface TestLeases {
  readonly leases: Leases;
  /** A name that no other test uses. */
  readonly name: string;
  readonly advance: SuiteSubject<Leases>['advance'];
  acquire(leaseMs?: number): Promise<Lease>;
}

const longMs = 60_000;
const shortMs = 1_000;

/** What every {@link Leases} must do. Where the factory gives no `advance`, tests of time wait a few seconds. */
export function leasesSuite({ describe, it, expect }: TestFunctions, factory: SuiteFactory<Leases>): void {
  const law = (title: string, body: (test: TestLeases) => Promise<void>): void => {
    it(
      title,
      withSubject(factory, async (leases, advance) => {
        const name = `lease ${randomUUID()}`;
        const acquire = async (leaseMs = longMs): Promise<Lease> => {
          const lease = await leases.acquire(name, { leaseMs });
          if (lease === undefined) throw new Error('the lease was refused although nobody should hold it');
          return lease;
        };
        await body({ leases, name, advance, acquire });
      }),
    );
  };

  describe('leases', () => {
    law('give a name to one holder and refuse the others', async ({ leases, name, acquire }) => {
      const lease = await acquire();
      expect(lease.name).toBe(name);
      expect(await leases.acquire(name, { leaseMs: longMs })).toBe(undefined);
    });

    law('give a name to one of many that ask at once', async ({ leases, name }) => {
      const asked = await Promise.all(Array.from({ length: 20 }, () => leases.acquire(name, { leaseMs: longMs })));
      expect(asked.filter((lease) => lease !== undefined).length).toBe(1);
    });

    law('keep names apart', async ({ leases, name, acquire }) => {
      await acquire();
      const other = await leases.acquire(`${name} other`, { leaseMs: longMs });
      expect(other?.name).toBe(`${name} other`);
      await other?.write('of the other');
      expect(await leases.noteOf(name)).toBe(undefined);
    });

    law('give a name on when it is released, once', async ({ acquire }) => {
      const first = await acquire();
      expect(await first.release()).toBe(true);
      const second = await acquire();
      expect(await first.release()).toBe(false);
      expect(await second.renew({ leaseMs: longMs })).toBe(true);
    });

    law('count holders upwards', async ({ acquire }) => {
      const fences: number[] = [];
      for (const _ of [1, 2, 3]) {
        const lease = await acquire();
        fences.push(lease.fence);
        await lease.release();
      }
      expect(
        fences.every((fence, index) => index === 0 || fence > (fences[index - 1] as number)),
        fences.join(),
      ).toBe(true);
    });

    law('keep what a holder noted for the next one and for anybody who asks', async ({ leases, name, acquire }) => {
      expect(await leases.noteOf(name)).toBe(undefined);
      const first = await acquire();
      expect(first.note).toBe(undefined);
      expect(await first.write('é "quoted"\n🚀')).toBe(true);
      expect(await leases.noteOf(name)).toBe('é "quoted"\n🚀');
      await first.release();
      expect((await acquire()).note).toBe('é "quoted"\n🚀');
    });

    law('take nothing from a holder that has released', async ({ leases, name, acquire }) => {
      const lease = await acquire();
      await lease.write('kept');
      await lease.release();
      expect(await lease.write('late')).toBe(false);
      expect(await lease.renew({ leaseMs: longMs })).toBe(false);
      expect(await leases.noteOf(name)).toBe('kept');
      await acquire();
    });

    law('replace a holder that is gone, and answer the late one', async ({ leases, name, acquire, advance }) => {
      const gone = await acquire(shortMs);
      await gone.write('before');
      await pass(advance, shortMs + 100);
      const next = await acquire();
      expect(next.note).toBe('before');
      expect(await gone.renew({ leaseMs: longMs })).toBe(false);
      expect(await gone.write('late')).toBe(false);
      expect(await gone.release()).toBe(false);
      expect(await leases.noteOf(name)).toBe('before');
      expect(await next.write('after')).toBe(true);
    });

    law('stay with a holder that renews', async ({ leases, name, acquire, advance }) => {
      const lease = await acquire(shortMs);
      expect(await lease.renew({ leaseMs: longMs })).toBe(true);
      await pass(advance, shortMs + 100);
      expect(await leases.acquire(name, { leaseMs: longMs })).toBe(undefined);
      expect(await lease.write('still here')).toBe(true);
    });

    law('stay with a late holder while nobody else has come', async ({ leases, name, acquire, advance }) => {
      const lease = await acquire(shortMs);
      await pass(advance, shortMs + 100);
      expect(await lease.renew({ leaseMs: longMs })).toBe(true);
      expect(await leases.acquire(name, { leaseMs: longMs })).toBe(undefined);
    });
  });
}
