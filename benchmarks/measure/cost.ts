import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a piece of work took, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** Of all threads of this process, the embedded engine's included: a busy machine changes it little. */
  readonly cpu: number;
  /** How late timers came meanwhile: the 99th percentile and the worst. So long others in this process had to wait. */
  readonly loopDelay: { readonly p99: number; readonly longest: number };
}

/** Milliseconds between two looks at the event loop. */
const resolution = 1;

/**
 * Does the work once. Garbage of earlier work is left lying, as in a service that runs: a collection that is forced before
 * each round throws compiled code away and doubles what short work costs.
 */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution });
  const before = process.cpuUsage();
  delay.enable();
  const began = performance.now();
  await work();
  const wall = performance.now() - began;
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  // What the histogram holds is the time between two looks; it is empty where the work never let go.
  const late = (nanoseconds: number): number =>
    delay.count === 0 ? wall : Math.max(0, nanoseconds / 1e6 - resolution);
  return {
    wall,
    cpu: (user + system) / 1000,
    loopDelay: { p99: late(delay.percentile(99)), longest: late(delay.max) },
  };
}
