import { getEventListeners } from 'node:events';
import type { Clock } from '@quantumtrade/core-traits';
import { pass, rejectionOf, type SuiteFactory, type TestFunctions, withSubject } from './suite.ts';

/** Real timers may fire this many milliseconds early, measured by another clock. */
const slack = 2;

/**
 * What every {@link Clock} must do. Where the factory gives no `advance`, the tests sleep for real, a few tens of
 * milliseconds in all; nothing asserts that a sleep is short.
 */
export function clockSuite({ describe, it, expect }: TestFunctions, factory: SuiteFactory<Clock>): void {
  describe('a clock', () => {
    it(
      'tells the time in milliseconds since the Unix epoch',
      withSubject(factory, async (clock) => {
        expect(clock.now() > Date.UTC(1990, 0) && clock.now() < Date.UTC(2200, 0), `now() is ${clock.now()}`).toBe(
          true,
        );
      }),
    );

    it(
      'never goes backwards',
      withSubject(factory, async (clock, advance) => {
        let last = clock.monotonic();
        for (let i = 0; i < 1000; i++) {
          const next = clock.monotonic();
          expect(next >= last).toBe(true);
          last = next;
        }
        await pass(advance, 5);
        expect(clock.monotonic() > last).toBe(true);
      }),
    );

    it(
      'sleeps for as long as it is told',
      withSubject(factory, async (clock, advance) => {
        const start = clock.monotonic();
        let woke: number | undefined;
        const sleep = clock.sleep(20).then(() => {
          woke = clock.monotonic();
        });
        await pass(advance, 5);
        expect(woke, 'woke after a quarter of its time').toBe(undefined);
        await pass(advance, 15);
        await sleep;
        expect((woke ?? start) - start >= 20 - slack, 'slept too short').toBe(true);
      }),
    );

    it(
      'wakes the shorter of two sleeps first',
      withSubject(factory, async (clock, advance) => {
        const order: string[] = [];
        const long = clock.sleep(30).then(() => order.push('long'));
        const short = clock.sleep(5).then(() => order.push('short'));
        await pass(advance, 30);
        await Promise.all([long, short]);
        expect(order).toEqual(['short', 'long']);
      }),
    );

    it(
      'refuses to sleep under a signal that is aborted already, with its reason',
      withSubject(factory, async (clock) => {
        const reason = new Error('too late');
        expect(await rejectionOf(clock.sleep(60_000, AbortSignal.abort(reason)))).toBe(reason);
      }),
    );

    it(
      'ends a sleep as soon as its signal aborts, with its reason',
      withSubject(factory, async (clock) => {
        const controller = new AbortController();
        const reason = new Error('stop');
        const sleep = rejectionOf(clock.sleep(60_000, controller.signal));
        controller.abort(reason);
        expect(await sleep).toBe(reason);
      }),
    );

    it(
      'leaves no listener on a signal, neither after waking nor after an abort',
      withSubject(factory, async (clock, advance) => {
        const controller = new AbortController();
        const sleep = clock.sleep(5, controller.signal);
        await pass(advance, 5);
        await sleep;
        expect(getEventListeners(controller.signal, 'abort').length).toBe(0);
        const ended = rejectionOf(clock.sleep(60_000, controller.signal));
        controller.abort();
        await ended;
        expect(getEventListeners(controller.signal, 'abort').length).toBe(0);
      }),
    );

    it(
      'draws varied numbers from 0 up to but not including 1',
      withSubject(factory, async (clock) => {
        const drawn = Array.from({ length: 1000 }, () => clock.random());
        expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
        expect(new Set(drawn).size > 900, 'too many repeats').toBe(true);
        expect(Math.min(...drawn) < 0.1 && Math.max(...drawn) > 0.9, 'not spread out').toBe(true);
      }),
    );
  });
}
