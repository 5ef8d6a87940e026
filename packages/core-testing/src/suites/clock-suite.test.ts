import type { Clock } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { clockSuite } from './clock-suite.ts';
import { runSuite } from './run-suite.ts';
import type { SuiteFactory } from './suite.ts';

const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

const virtual: SuiteFactory<Clock> = {
  async create() {
    const clock = new VirtualClock();
    return { subject: clock, advance: (milliseconds) => clock.advance(milliseconds) };
  },
};

describe('of virtual time', () => {
  clockSuite({ describe, it, expect }, virtual);
});

describe('of real time', () => {
  clockSuite({ describe, it, expect }, { create: async () => ({ subject: realClock }) });
});

describe('clockSuite', () => {
  it.each<[string, string, (clock: VirtualClock) => Partial<Clock>]>([
    ['counts seconds', 'milliseconds since', (clock) => ({ now: () => clock.now() / 1000 })],
    ['goes backwards', 'never goes backwards', (clock) => ({ monotonic: () => -clock.monotonic() })],
    ['does not sleep', 'as long as it is told', () => ({ sleep: async () => {} })],
    [
      'oversees an early abort',
      'aborted already',
      (clock) => ({
        sleep: (ms, signal) => clock.sleep(signal?.aborted ? 0 : ms, signal?.aborted ? undefined : signal),
      }),
    ],
    [
      'rejects with an error of its own',
      'as soon as its signal aborts',
      (clock) => ({
        sleep: (ms, signal) => clock.sleep(ms, signal).catch(() => Promise.reject(new Error('aborted'))),
      }),
    ],
    [
      'leaves listeners',
      'leaves no listener',
      (clock) => ({
        sleep: (ms, signal) => {
          signal?.addEventListener('abort', () => {});
          return clock.sleep(ms, signal);
        },
      }),
    ],
    ['always draws the same', 'varied numbers', () => ({ random: () => 0.5 })],
    ['draws 1', 'varied numbers', (clock) => ({ random: () => 1 - clock.random() / 1e17 })],
  ])('finds a clock that %s', async (_, test, broken) => {
    const outcomes = await runSuite((functions) => {
      clockSuite(
        { ...functions, expect },
        {
          async create() {
            const clock = new VirtualClock();
            const sound: Clock = {
              now: () => clock.now(),
              monotonic: () => clock.monotonic(),
              random: () => clock.random(),
              sleep: (ms, signal) => clock.sleep(ms, signal),
            };
            return { subject: { ...sound, ...broken(clock) }, advance: (ms) => clock.advance(ms) };
          },
        },
      );
    });
    const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
    expect(failed.join()).toContain(test);
  });
});
