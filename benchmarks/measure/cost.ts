/** What a piece of work took, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** Of all threads of this process, the embedded engine's included: a busy machine changes it little. */
  readonly cpu: number;
}

/** Does the work once. Garbage of earlier work is collected before, where the process may (`--expose-gc`). */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}
