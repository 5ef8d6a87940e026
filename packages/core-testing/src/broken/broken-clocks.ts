import type { Clock } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { SuiteFactory } from '../suites/suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

/** Clocks that break a law of the clock suite each. */
export const brokenClocks: readonly BrokenImplementation<SuiteFactory<Clock>>[] = [
  broken('counts seconds', 'tells the time in milliseconds since the Unix epoch', (clock) => ({
    now: () => clock.now() / 1000,
  })),
  broken('runs backwards', 'never goes backwards', (clock) => ({ monotonic: () => -clock.monotonic() })),
  broken('does not sleep', 'sleeps for as long as it is told', () => ({ sleep: async () => {} })),
  broken('wakes its sleepers in the order of their calls', 'wakes the shorter of two sleeps first', (clock) => {
    let last: Promise<unknown> = Promise.resolve();
    return {
      sleep: (ms, signal) => {
        const before = last;
        const sleep = clock.sleep(ms, signal).then(() => before);
        last = sleep.catch(() => undefined);
        return sleep.then(() => undefined);
      },
    };
  }),
  broken(
    'oversees an abort before its sleep',
    'refuses to sleep under a signal that is aborted already, with its reason',
    (clock) => ({ sleep: (ms, signal) => (signal?.aborted ? clock.sleep(0) : clock.sleep(ms, signal)) }),
  ),
  broken('rejects with an error of its own', 'ends a sleep as soon as its signal aborts, with its reason', (clock) => ({
    sleep: (ms, signal) => clock.sleep(ms, signal).catch(() => Promise.reject(new Error('aborted'))),
  })),
  broken('leaves listeners', 'leaves no listener on a signal, neither after waking nor after an abort', (clock) => ({
    sleep: (ms, signal) => {
      signal?.addEventListener('abort', () => {});
      return clock.sleep(ms, signal);
    },
  })),
  broken('always draws the same', 'draws varied numbers from 0 up to but not including 1', () => ({
    random: () => 0.5,
  })),
  broken('draws 1', 'draws varied numbers from 0 up to but not including 1', (clock) => ({
    random: () => 1 - clock.random() / 1e17,
  })),
];

function broken(
  defect: string,
  law: string,
  by: (clock: VirtualClock) => Partial<Clock>,
): BrokenImplementation<SuiteFactory<Clock>> {
  const create = async () => {
    const clock = new VirtualClock();
    const sound: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    return { subject: { ...sound, ...by(clock) }, advance: (milliseconds: number) => clock.advance(milliseconds) };
  };
  return { defect, law, factory: { create } };
}
