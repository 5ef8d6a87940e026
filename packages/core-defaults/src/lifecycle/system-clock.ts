import type { Clock } from '@quantumtrade/core-traits';

/** Timers longer than this fire at once; longer sleeps are made of several. */
const longestTimerMs = 2_147_483_647;

/** The process's own time and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: async (milliseconds, signal) => {
    signal?.throwIfAborted();
    const end = performance.now() + milliseconds;
    let left = milliseconds;
    do {
      await oneTimer(Math.min(left, longestTimerMs), signal);
      left = end - performance.now();
    } while (left > 1);
  },
};

function oneTimer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
