import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuota } from './create-quota.ts';
import { type Quota, unlimited } from './quota.ts';

/** Time that stands still until it is told to pass. */
class VirtualClock implements Clock {
  #time = 0;
  #sleepers: { readonly at: number; wake(): void }[] = [];

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  random(): number {
    return 0;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#time + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds;
    await settle();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#time = Math.max(this.#time, next.at);
      next.wake();
      await settle();
    }
    this.#time = end;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const refusal = (reason: string, retryAfterMs: number): ServiceError =>
  new ServiceError({ kind: 'rateLimit', service: 'alpha_vantage', reason, retryAfterMs, message: 'refused' });

/** Starts calls and notes the time at which each was let through. */
function start(quota: Quota, clock: Clock, count: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++) void quota.acquire().then(() => times.push(clock.monotonic()));
  return times;
}

const outcome = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => 'granted',
    (error: unknown) => error,
  );

describe('createQuota', () => {
  it('spaces requests evenly, without bursts after a pause', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 2, clock });
    const times = start(quota, clock, 3);
    await clock.pass(10_000);
    expect(times).toEqual([0, 513, 1025]);
    const later = start(quota, clock, 3);
    await clock.pass(10_000);
    expect(later).toEqual([10_000, 10_513, 11_025]);
  });

  it('takes fractions of a request a second', async () => {
    const clock = new VirtualClock();
    const times = start(createQuota({ perSecond: 0.2, clock }), clock, 3);
    await clock.pass(20_000);
    expect(times).toEqual([0, 5125, 10_250]);
  });

  it('spreads the calls of a minute evenly and lets its window slide', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perMinute: 2, clock });
    const first = start(quota, clock, 1);
    await clock.pass(50_000);
    const others = start(quota, clock, 3);
    await clock.pass(120_000);
    expect(first).toEqual([0]);
    expect(others).toEqual([50_000, 80_125, 110_250]);
  });

  it('never exceeds any limit in any window, whatever the arrivals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 25 }), async (gaps) => {
        const clock = new VirtualClock();
        const quota = createQuota({ perSecond: 1, perMinute: 5, perDay: 20, clock });
        const times: number[] = [];
        for (const gap of gaps) {
          void quota.acquire().then(() => times.push(clock.monotonic()));
          await clock.pass(gap);
        }
        await clock.pass(600_000);
        expect(times.length).toBe(Math.min(gaps.length, 20));
        for (const [i, time] of times.entries()) {
          if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
          expect(times.filter((other) => other > time - 60_000 && other <= time).length).toBeLessThanOrEqual(5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('serves in the order of the calls', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    const order: number[] = [];
    for (let i = 0; i < 5; i++) void quota.acquire({ patienceMs: 60_000 - i }).then(() => order.push(i));
    await clock.pass(60_000);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses a wait beyond the patience at once, says how long it is, and takes no slot', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    const times = start(quota, clock, 2);
    expect(await outcome(quota.acquire({ patienceMs: 1999 }))).toMatchObject({
      kind: 'rateLimit',
      reason: 'pacing',
      retryable: true,
      retryAfterMs: 2050,
      details: { service: 'alpha_vantage' },
    });
    void quota.acquire({ patienceMs: 2050 }).then(() => times.push(clock.monotonic()));
    await clock.pass(5000);
    expect(times).toEqual([0, 1025, 2050]);
  });

  it.each([
    [{ perMinute: 1 }, 'minuteQuota', true, 60_250],
    [{ perDay: 1 }, 'dailyQuota', false, 86_400_250],
  ] as const)('names the limit that would be broken: %j', async (limits, reason, retryable, retryAfterMs) => {
    const clock = new VirtualClock();
    const quota = createQuota({ ...limits, clock });
    await quota.acquire({ patienceMs: 0 });
    expect(await outcome(quota.acquire({ patienceMs: 5000 }))).toMatchObject({ reason, retryable, retryAfterMs });
  });

  it('gives the slot of a waiter that is aborted to the next', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    const controller = new AbortController();
    await quota.acquire();
    const aborted = outcome(quota.acquire({ signal: controller.signal }));
    const times = start(quota, clock, 1);
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    await clock.pass(5000);
    expect(times).toEqual([1025]);
    expect(clock.sleeping).toBe(0);
  });

  it('takes nothing for a call whose signal was aborted before', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perDay: 1, clock });
    expect(await outcome(quota.acquire({ signal: AbortSignal.abort('gone') }))).toBe('gone');
    expect(await outcome(quota.acquire({ patienceMs: 0 }))).toBe('granted');
  });

  it('fails fast after a refusal for the day, for all who wait too, until its time is over', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    await quota.acquire();
    const waiting = outcome(quota.acquire());
    quota.refused(refusal('dailyQuota', 100_000));
    expect(await waiting).toMatchObject({ reason: 'dailyQuota', retryAfterMs: 100_000, retryable: false });
    await clock.pass(40_000);
    expect(await outcome(quota.acquire())).toMatchObject({
      kind: 'rateLimit',
      reason: 'dailyQuota',
      retryAfterMs: 60_000,
    });
    await clock.pass(60_000);
    expect(await outcome(quota.acquire())).toBe('granted');
  });

  it.each(['pacing', 'minuteQuota'])('holds the next grants back after a refusal by %s', async (reason) => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    quota.refused(refusal(reason, 7000));
    const times = start(quota, clock, 2);
    expect(await outcome(quota.acquire({ patienceMs: 6000 }))).toMatchObject({ retryAfterMs: 9050 });
    await clock.pass(20_000);
    expect(times).toEqual([7000, 8025]);
  });

  it('refuses waiters whose patience a refusal of the vendor overstretches', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ perSecond: 1, clock });
    await quota.acquire();
    const impatient = outcome(quota.acquire({ patienceMs: 3000 }));
    const times = start(quota, clock, 1);
    quota.refused(refusal('minuteQuota', 60_000));
    expect(await impatient).toMatchObject({ reason: 'minuteQuota', retryAfterMs: 60_000 });
    await clock.pass(120_000);
    expect(times).toEqual([60_000]);
  });

  it('passes over errors that are no refusals for the rate', async () => {
    const clock = new VirtualClock();
    const quota = createQuota({ clock });
    quota.refused(new ServiceError({ kind: 'externalApi', api: 'alpha_vantage', reason: 'outage', message: 'down' }));
    expect(await outcome(quota.acquire({ patienceMs: 0 }))).toBe('granted');
  });

  it('rejects those who wait when the clock fails, rather than leaving them', async () => {
    const clock = new VirtualClock();
    clock.sleep = () => Promise.reject(new Error('stopped'));
    const quota = createQuota({ perSecond: 1, clock });
    await quota.acquire();
    expect(await outcome(quota.acquire())).toMatchObject({ message: 'stopped' });
  });

  it.each([
    { perSecond: 0 },
    { perSecond: Number.NaN },
    { perSecond: Number.POSITIVE_INFINITY },
    { perMinute: 0 },
    { perDay: 1.5 },
  ])('refuses the limits %j', (limits) => {
    expect(() => createQuota({ ...limits, clock: new VirtualClock() })).toThrow(
      expect.objectContaining({ kind: 'configuration', reason: 'invalidQuota' }),
    );
  });
});

describe('unlimited', () => {
  it('grants everything, even after refusals', async () => {
    unlimited.refused(refusal('dailyQuota', 1000));
    expect(await outcome(unlimited.acquire())).toBe('granted');
    expect(await outcome(unlimited.acquire({ signal: AbortSignal.abort('gone') }))).toBe('gone');
  });
});
