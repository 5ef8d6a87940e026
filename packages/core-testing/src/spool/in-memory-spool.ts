import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import type {
  BatchSpool,
  DamagedEntry,
  Series,
  SpoolEntry,
  SpooledBatch,
  SpoolStats,
} from '@quantumtrade/shared-types';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { seriesKey } from '../market-data/series-key.ts';

export interface InMemorySpoolOptions {
  /** Stamps entries; a still {@link VirtualClock} when left out. */
  readonly clock?: Clock;
  /** Every bar and every rejected row counts {@link bytesPerRow}, and an entry as much besides; endless when left out. */
  readonly maxBytes?: number;
}

/** What a row takes in an {@link InMemorySpool}, in bytes. */
const bytesPerRow = 100;

/** A spool in memory. Closing keeps what waits, as a disk does; the test damages entries and makes outages. */
export class InMemorySpool implements BatchSpool {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #entries: Map<number, SpoolEntry> = new Map();
  readonly #broken: Set<number> = new Set();
  readonly #damaged: DamagedEntry[] = [];
  #lastId = 0;
  #open = false;
  #full = false;
  #failure: Error | undefined;

  constructor(options: InMemorySpoolOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
    this.#maxBytes = options.maxBytes ?? Number.MAX_SAFE_INTEGER;
  }

  /** Rejects every call but `open` and `close` from now on until {@link InMemorySpool.recover}; entries stay. */
  failWith(error: Error = unavailable('the fake spool was told to fail')): void {
    this.#failure = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#failure = undefined;
  }

  /** Makes an entry unreadable, as a flipped bit on a disk would. */
  damage(id: number): void {
    this.#broken.add(id);
  }

  async open(): Promise<void> {
    this.#open = true;
  }

  async append(batch: SpooledBatch): Promise<void> {
    this.#begin();
    for (const { identity } of this.#entries.values()) if (identity.batchId === batch.identity.batchId) return;
    if (this.#bytes() + sizeOf(batch) > this.#maxBytes) {
      this.#full = true;
      throw new ServiceError({ kind: 'database', reason: 'spoolFull', message: 'the fake spool has no room left' });
    }
    this.#full = false;
    this.#lastId += 1;
    const id = this.#lastId;
    this.#entries.set(id, structuredClone({ ...batch, id, spooledAt: this.#clock.now() }));
  }

  async peek(afterId = 0): Promise<SpoolEntry | undefined> {
    this.#begin();
    for (const [id, entry] of this.#entries) {
      if (id <= afterId) continue;
      if (!this.#broken.has(id)) return structuredClone(entry);
      this.#entries.delete(id);
      const { identity, spooledAt } = entry;
      this.#damaged.push({ id, batchId: identity.batchId, spooledAt, problem: 'the test damaged it' });
    }
    return undefined;
  }

  async remove(id: number): Promise<void> {
    this.#begin();
    this.#entries.delete(id);
    this.#full = false;
  }

  async isWaiting(series: Series): Promise<boolean> {
    this.#begin();
    return [...this.#entries.values()].some(({ accepted }) => seriesKey(accepted.series) === seriesKey(series));
  }

  async claimReplay(): Promise<boolean> {
    this.#begin();
    return true;
  }

  async stats(): Promise<SpoolStats> {
    this.#begin();
    const bytes = this.#bytes();
    const [oldest] = this.#entries.values();
    return {
      entries: this.#entries.size,
      bytes,
      maxBytes: this.#maxBytes,
      full: this.#full || bytes >= this.#maxBytes,
      oldestSpooledAt: oldest?.spooledAt,
      damaged: this.#damaged.length,
    };
  }

  async damaged(): Promise<readonly DamagedEntry[]> {
    this.#begin();
    return [...this.#damaged];
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #bytes(): number {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += sizeOf(entry);
    return bytes;
  }

  #begin(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#open) throw unavailable('the fake spool is not open');
  }
}

function sizeOf({ accepted, quarantined }: SpooledBatch): number {
  return (1 + accepted.length + quarantined.length) * bytesPerRow;
}

function unavailable(message: string): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'spoolUnavailable', message });
}
