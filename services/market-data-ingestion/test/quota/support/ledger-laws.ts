import { VirtualClock } from '@quantumtrade/core-testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/quota/ledger.ts';
import { type QuotaLimits, type RatePlan, ratePlanOf } from '../../../src/quota/rate-plan.ts';

/** A ledger whose time is moved by the test. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** Moves its time on, in milliseconds. */
  advance(milliseconds: number): Promise<void>;
}

const limits: fc.Arbitrary<QuotaLimits> = fc.record(
  {
    perSecond: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0.2, 0.5, 2.5)),
    perMinute: fc.integer({ min: 1, max: 100 }),
    perDay: fc.integer({ min: 1, max: 30 }),
  },
  { requiredKeys: [] },
);

const pauses = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 3000, max: 40_000_000 })),
  { minLength: 1, maxLength: 40 },
);

/** What a vendor counts, without the guard that a plan adds. */
function vendorWindows({
  perSecond,
  perMinute,
  perDay,
}: QuotaLimits): readonly (readonly [ms: number, limit: number])[] {
  return [
    ...(perSecond === undefined ? [] : [[(Math.ceil(perSecond) / perSecond) * 1000, Math.ceil(perSecond)] as const]),
    ...(perMinute === undefined ? [] : [[60_000, perMinute] as const]),
    ...(perDay === undefined ? [] : [[86_400_000, perDay] as const]),
  ];
}

/** The most requests in any window that slides over the times. */
export function mostIn(times: readonly number[], ms: number): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - ms) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** The laws that every ledger keeps. */
export function ledgerLaws(
  name: string,
  create: (plan: RatePlan) => LedgerUnderTest,
  { runs }: { readonly runs: number },
): void {
  describe(`the laws of a ledger: ${name}`, () => {
    it('never lets more go than any sliding window allows, whatever the arrivals', async () => {
      await fc.assert(
        fc.asyncProperty(limits, pauses, async (some, gaps) => {
          const { ledger, advance } = create(ratePlanOf(some));
          const times: number[] = [];
          let now = 0;
          const pass = async (milliseconds: number): Promise<void> => {
            await advance(milliseconds);
            now += milliseconds;
          };
          for (const gap of gaps) {
            await pass(gap);
            const slot = await ledger.take();
            if (slot.waitMs <= 0) times.push(now);
          }
          for (const [ms, limit] of vendorWindows(some)) expect(mostIn(times, ms)).toBeLessThanOrEqual(limit);
        }),
        { numRuns: runs },
      );
    });

    it('names a wait after which the request may go, and not before', async () => {
      await fc.assert(
        fc.asyncProperty(limits, fc.integer({ min: 1, max: 60 }), async (some, requests) => {
          const { ledger, advance } = create(ratePlanOf(some));
          for (let i = 0; i < requests; i++) {
            const [foreseen] = await ledger.forecast(1);
            const slot = await ledger.take();
            expect(foreseen).toEqual(slot);
            if (slot.waitMs <= 0) continue;
            if (slot.waitMs > 2) {
              await advance(Math.ceil(slot.waitMs) - 2);
              expect((await ledger.take()).waitMs).toBeGreaterThan(0);
              await advance(2);
            } else await advance(Math.ceil(slot.waitMs));
            expect((await ledger.take()).waitMs).toBe(0);
          }
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
    });

    it.each([
      [{ perSecond: 1 }, 60],
      [{ perSecond: 10 }, 300],
      [{ perSecond: 2.5 }, 100],
      [{ perMinute: 75 }, 300],
      [{ perSecond: 5, perMinute: 150 }, 400],
    ] as const)('uses at least 95%% of %j when there is always someone who waits', async (some, requests) => {
      const { ledger, advance } = create(ratePlanOf(some));
      let now = 0;
      // Timers are late, and lateness must not add up.
      const late = [3, 0, 12, 1, 7];
      for (let sent = 0; sent < requests; ) {
        const { waitMs } = await ledger.take();
        if (waitMs <= 0) sent += 1;
        else {
          const pause = Math.ceil(waitMs) + (late[sent % late.length] ?? 0);
          await advance(pause);
          now += pause;
        }
      }
      const perMs = Math.min(...vendorWindows(some).map(([ms, limit]) => limit / ms));
      expect((requests - 1) / now / perMs).toBeGreaterThanOrEqual(0.95);
    });

    it('spaces requests evenly also after a pause: nothing is saved up', async () => {
      const { ledger, advance } = create(ratePlanOf({ perMinute: 60 }));
      await ledger.take();
      await advance(50_000);
      expect((await ledger.take()).waitMs).toBe(0);
      expect((await ledger.take()).waitMs).toBeGreaterThan(1000);
    });

    it('foresees the slots of several requests', async () => {
      const { ledger } = create(ratePlanOf({ perSecond: 2, perDay: 3 }));
      await ledger.take();
      const slots = await ledger.forecast(3);
      expect(slots.map(({ waitMs }) => Math.round(waitMs))).toEqual([513, 1025, 86_400_250]);
      expect(slots.map(({ reason }) => reason)).toEqual(['pacing', 'pacing', 'dailyQuota']);
    });

    it('lets nothing go while the vendor holds requests back, and never shortens a hold', async () => {
      const { ledger, advance } = create(ratePlanOf({ perSecond: 10 }));
      await ledger.hold('minuteQuota', 5000);
      await ledger.hold('pacing', 1000);
      expect(await ledger.take()).toEqual({ waitMs: 5000, reason: 'minuteQuota', spent: false });
      expect((await ledger.usage()).hold).toEqual({ reason: 'minuteQuota', forMs: 5000 });
      await advance(5000);
      expect((await ledger.take()).waitMs).toBe(0);
      expect((await ledger.usage()).hold).toBeUndefined();
    });

    it('knows a day that the vendor calls spent', async () => {
      const { ledger, advance } = create(ratePlanOf({ perSecond: 10 }));
      await ledger.hold('dailyQuota', 86_400_000);
      const spent = { waitMs: 86_400_000, reason: 'dailyQuota', spent: true };
      expect(await ledger.take()).toEqual(spent);
      expect(await ledger.forecast(2)).toEqual([spent, spent]);
      expect((await ledger.usage()).hold).toEqual({ reason: 'dailyQuota', forMs: 86_400_000 });
      await advance(86_400_000);
      expect((await ledger.take()).waitMs).toBe(0);
    });

    it('says what is used, what is left, and when it comes back', async () => {
      const { ledger, advance } = create(ratePlanOf({ perMinute: 60, perDay: 5 }));
      expect((await ledger.usage()).windows).toMatchObject([
        { reason: 'minuteQuota', limit: 60, used: 0, left: 60, freesInMs: undefined, emptyInMs: undefined },
        { reason: 'dailyQuota', limit: 5, used: 0, left: 5 },
      ]);
      await ledger.take();
      await advance(2000);
      await ledger.take();
      expect((await ledger.usage()).windows).toMatchObject([
        { used: 2, left: 58, freesInMs: 58_250, emptyInMs: 60_250 },
        { used: 2, left: 3, freesInMs: 86_398_250, emptyInMs: 86_400_250 },
      ]);
      await advance(60_000);
      expect((await ledger.usage()).windows).toMatchObject([{ used: 1 }, { used: 2 }]);
    });
  });
}

/** Time for ledgers of one process. */
export function virtualTime(): { readonly clock: VirtualClock; advance(milliseconds: number): Promise<void> } {
  const clock = new VirtualClock();
  return { clock, advance: (milliseconds) => clock.advance(milliseconds) };
}
