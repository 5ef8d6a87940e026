import type { Cache, MonitoringProvider } from '@quantumtrade/core-traits';
import { cacheInstruments as instruments } from './instruments.ts';

export interface MeasuredCacheDependencies {
  readonly cache: Cache;
  readonly monitoring: MonitoringProvider;
}

/** A cache whose answers and failures are counted. */
export class MeasuredCache implements Cache {
  readonly #cache: Cache;
  readonly #monitoring: MonitoringProvider;

  constructor({ cache, monitoring }: MeasuredCacheDependencies) {
    this.#cache = cache;
    this.#monitoring = monitoring;
  }

  async cacheGet(key: string): Promise<string | undefined> {
    let outcome = 'failed';
    try {
      const value = await this.#cache.cacheGet(key);
      outcome = value === undefined ? 'miss' : 'hit';
      return value;
    } finally {
      this.#monitoring.recordCounter(instruments.reads, 1, { outcome });
    }
  }

  async cacheSet(key: string, value: string, ttlSeconds?: number): Promise<void> {
    await this.#written(() => this.#cache.cacheSet(key, value, ttlSeconds));
  }

  async cacheDelete(key: string): Promise<void> {
    await this.#written(() => this.#cache.cacheDelete(key));
  }

  async #written(write: () => Promise<void>): Promise<void> {
    let outcome = 'failed';
    try {
      await write();
      outcome = 'done';
    } finally {
      this.#monitoring.recordCounter(instruments.writes, 1, { outcome });
    }
  }
}
