import type { Cache, Clock } from '@quantumtrade/core-traits';
import { LRUCache } from 'lru-cache';

export interface InProcessCacheOptions {
  readonly clock: Clock;
  /** Time to live when a call names none, in seconds. */
  readonly defaultTtlSeconds: number;
  /** Entries beyond this push out the ones used longest ago. */
  readonly maxEntries: number;
}

/** The cache of a process that has no Redis: bounded, least recently used goes first, gone with the process. */
export class InProcessCache implements Cache {
  readonly #entries: LRUCache<string, string>;
  readonly #defaultTtlSeconds: number;

  constructor(options: InProcessCacheOptions) {
    this.#defaultTtlSeconds = options.defaultTtlSeconds;
    this.#entries = new LRUCache({
      max: options.maxEntries,
      // The library takes an entry stored at 0 for one without an end.
      perf: { now: () => options.clock.monotonic() + 1 },
      // Ask the clock at every read: a cached instant would keep a dead entry alive.
      ttlResolution: 0,
    });
  }

  async cacheGet(key: string): Promise<string | undefined> {
    return this.#entries.get(key);
  }

  async cacheSet(key: string, value: string, ttlSeconds: number = this.#defaultTtlSeconds): Promise<void> {
    this.#entries.set(key, value, { ttl: ttlSeconds * 1000 });
  }

  async cacheDelete(key: string): Promise<void> {
    this.#entries.delete(key);
  }
}
