import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@quantumtrade/core-traits';

/** Real time, for tests of what waits for a server. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  random: () => Math.random(),
};
