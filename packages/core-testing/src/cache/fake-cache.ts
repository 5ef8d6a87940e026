import { type Cache, type Clock, ServiceError } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';

export interface FakeCacheOptions {
  /** Decides when entries expire; a still {@link VirtualClock} when left out, so nothing does. */
  readonly clock?: Clock;
  /** How long an entry lives that was set without a time of its own; 3600 when left out. */
  readonly defaultTtlSeconds?: number;
}

/** A call of a {@link Cache}. A `set` without a time of its own has no `ttlSeconds`. */
export type CacheOperation =
  | { readonly call: 'get' | 'delete'; readonly key: string }
  | { readonly call: 'set'; readonly key: string; readonly value: string; readonly ttlSeconds?: number };

interface Entry {
  readonly value: string;
  /** On the clock's monotonic scale, in milliseconds. */
  readonly expiresAt: number;
}

/** A cache in memory whose time the test moves and whose outages the test makes. */
export class FakeCache implements Cache {
  readonly #clock: Clock;
  readonly #defaultTtlSeconds: number;
  readonly #entries: Map<string, Entry> = new Map();
  readonly #operations: CacheOperation[] = [];
  #failure: Error | undefined;

  constructor(options: FakeCacheOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
    this.#defaultTtlSeconds = options.defaultTtlSeconds ?? 3600;
  }

  /** Rejects every call from now on until {@link FakeCache.recover}; entries stay. */
  failWith(error: Error = outage()): void {
    this.#failure = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#failure = undefined;
  }

  /** The keys that are alive, in the order in which they were first set; also during an outage. */
  keys(): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.#read(key) !== undefined);
  }

  /** The calls so far, failed ones included, in order; those of one key when given. */
  operations(key?: string): readonly CacheOperation[] {
    return this.#operations.filter((operation) => key === undefined || operation.key === key);
  }

  async cacheGet(key: string): Promise<string | undefined> {
    this.#record({ call: 'get', key });
    return this.#read(key);
  }

  async cacheSet(key: string, value: string, ttlSeconds?: number): Promise<void> {
    this.#record({ call: 'set', key, value, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) });
    const lifeMs = (ttlSeconds ?? this.#defaultTtlSeconds) * 1000;
    this.#entries.set(key, { value, expiresAt: this.#clock.monotonic() + lifeMs });
  }

  async cacheDelete(key: string): Promise<void> {
    this.#record({ call: 'delete', key });
    this.#entries.delete(key);
  }

  #read(key: string): string | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#clock.monotonic() < entry.expiresAt ? entry.value : undefined;
  }

  #record(operation: CacheOperation): void {
    this.#operations.push(operation);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function outage(): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'cacheUnavailable', message: 'the fake cache was told to fail' });
}
