import type { Lab } from '../lab.ts';
import { startChild } from '../processes/child.ts';

/** Resident memory of a process that stored many bars, in bytes. */
export interface MemoryUse {
  readonly bars: number;
  readonly batch: number;
  readonly engine: Footprint;
  readonly service: Footprint;
  /** The service's peak above the engine's own. */
  readonly aboveEngine: number;
}

/** What the program of the measurement tells. */
export interface Footprint {
  readonly peak: number;
  /** After each batch. */
  readonly afterBatch: readonly number[];
}

/**
 * Stores many bars in batches in a process of its own, once with the engine's own `INSERT … SELECT` and once with the
 * service over HTTP, and compares the peaks.
 */
export async function memoryUse(lab: Lab, bars: number, batch: number): Promise<MemoryUse> {
  const vendorUrl = await lab.vendorUrl(batch);
  const footprint = async (what: 'engine' | 'service'): Promise<Footprint> => {
    const child = await startChild<Footprint>('memory', [what, String(bars), String(batch), vendorUrl]);
    await child.close();
    return child.ready;
  };
  const engine = await footprint('engine');
  const service = await footprint('service');
  return { bars, batch, engine, service, aboveEngine: service.peak - engine.peak };
}
