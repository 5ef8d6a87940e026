/**
 * Keeps small values for a limited time. A cache may forget anything at any moment and never takes its user down:
 * an implementation that cannot reach its store rejects quickly, and callers carry on without it.
 */
export interface Cache {
  /** The text kept under `key`, or `undefined` when there is none or its time is over. */
  cacheGet(key: string): Promise<string | undefined>;
  /** Keeps `value` under `key` for `ttlSeconds`; without it, for the implementation's default. */
  cacheSet(key: string, value: string, ttlSeconds?: number): Promise<void>;
  /** Forgets `key`; unknown keys are no error. */
  cacheDelete(key: string): Promise<void>;
}
