import { VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionPriority } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuota } from './create-quota.ts';
import { QueuedQuota } from './queued-quota.ts';
import type { AcquireOptions } from './quota.ts';
import { headStartMs } from './waiting-line.ts';

const vendor = { id: 'vendor', name: 'The Vendor' };

function setUp(perSecond = 1) {
  const clock = new VirtualClock();
  const quota = createQuota({ perSecond, clock, vendor });
  const order: string[] = [];
  const ask = (name: string, options: AcquireOptions = {}): Promise<void> =>
    quota.acquire(options).then(
      () => void order.push(name),
      (error: unknown) => void order.push(`${name}: ${error instanceof ServiceError ? error.reason : String(error)}`),
    );
  return { clock, quota, order, ask };
}

describe('QueuedQuota', () => {
  it('serves priority symbols first, then the others, then history', async () => {
    const { clock, order, ask } = setUp();
    await ask('first');
    for (const priority of ['backfill', 'default', 'priority'] as const) void ask(priority, { priority });
    await clock.advance(10_000);
    expect(order).toEqual(['first', 'priority', 'default', 'backfill']);
  });

  it('lets nobody starve: whoever has waited for the head start of a sort goes before it', async () => {
    const { clock, order, ask } = setUp(0.01);
    await ask('first');
    void ask('backfill', { priority: 'backfill' });
    await clock.advance(headStartMs.backfill + 1);
    order.length = 0;
    void ask('old', { priority: 'backfill' });
    await clock.advance(headStartMs.backfill + 1);
    void ask('new', { priority: 'priority' });
    await clock.advance(300_000);
    expect(order.at(-1)).toBe('new');
    expect(order).toContain('old');
  });

  it('passes nobody over by more than the requests that came within the head start, for any arrivals', async () => {
    const arrival = fc.record({
      gap: fc.integer({ min: 0, max: 120_000 }),
      priority: fc.constantFrom<CollectionPriority>('priority', 'default', 'backfill'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 2, maxLength: 30 }), async (arrivals) => {
        const clock = new VirtualClock();
        // Far slower than the arrivals, so that a line builds up.
        const quota = createQuota({ perSecond: 1 / 200, clock });
        const served: number[] = [];
        const cameAt: number[] = [];
        for (const [index, { gap, priority }] of arrivals.entries()) {
          await clock.advance(gap);
          cameAt.push(clock.monotonic());
          void quota.acquire({ priority }).then(() => served.push(index));
        }
        await clock.advance(arrivals.length * 300_000);
        expect(served).toHaveLength(arrivals.length);
        for (const [place, index] of served.entries()) {
          const priority = arrivals[index]?.priority ?? 'default';
          for (const other of served.slice(0, place)) {
            // Whoever went ahead came no later than the head start of this one allows.
            expect(cameAt[other]).toBeLessThanOrEqual((cameAt[index] ?? 0) + headStartMs[priority]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses those whose slot more urgent ones have taken, as soon as it is foreseen', async () => {
    const { clock, order, ask } = setUp();
    await ask('first');
    void ask('patient', { priority: 'backfill', patienceMs: 5000 });
    void ask('impatient', { priority: 'backfill', patienceMs: 2500 });
    await clock.advance(0);
    expect(order).toEqual(['first']);
    for (let i = 0; i < 2; i++) void ask(`urgent ${i}`, { priority: 'priority' });
    await clock.advance(0);
    expect(order).toEqual(['first', 'impatient: pacing']);
    await clock.advance(10_000);
    expect(order).toEqual(['first', 'impatient: pacing', 'urgent 0', 'urgent 1', 'patient']);
  });

  it('leaves no timer behind when all who wait have gone', async () => {
    const { clock, ask } = setUp();
    await ask('first');
    const controllers = [new AbortController(), new AbortController()];
    const waiting = controllers.map(({ signal }) => ask('waiting', { signal }));
    await clock.advance(0);
    expect(clock.sleepers).toBe(1);
    for (const controller of controllers) controller.abort('gone');
    await Promise.all(waiting);
    await clock.advance(0);
    expect(clock.sleepers).toBe(0);
  });

  it('serves those who come after a line has been left', async () => {
    const { clock, order, ask } = setUp();
    await ask('first');
    const controller = new AbortController();
    const gone = ask('gone', { signal: controller.signal });
    await clock.advance(100);
    controller.abort('left');
    void ask('next');
    await gone;
    await clock.advance(2000);
    expect(order).toEqual(['first', 'gone: left', 'next']);
  });

  it('names the vendor in what it refuses', async () => {
    const { quota } = setUp();
    await quota.acquire();
    await expect(quota.acquire({ patienceMs: 0 })).rejects.toMatchObject({
      details: { service: 'vendor' },
      message: expect.stringContaining('no request was sent to The Vendor'),
    });
  });

  it('rejects those who wait when the ledger fails', async () => {
    const clock = new VirtualClock();
    const fail = (): never => {
      throw new Error('broken');
    };
    const ledger = { take: fail, forecast: fail, hold: fail, usage: fail, counted: 'here' as const };
    const quota = new QueuedQuota({ ledger, clock, vendor });
    await expect(quota.acquire()).rejects.toThrow('broken');
  });
});
