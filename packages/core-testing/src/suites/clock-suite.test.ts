import type { Clock } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { clockSuite } from './clock-suite.ts';

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

describe('clockSuite over real time', () => {
  clockSuite({ describe, it, expect }, { create: async () => ({ subject: realClock }) });
});
