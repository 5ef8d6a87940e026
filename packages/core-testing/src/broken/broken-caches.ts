import type { Cache } from '@quantumtrade/core-traits';
import { FakeCache } from '../cache/fake-cache.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { CacheSuiteFactory } from '../suites/cache-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (cache: FakeCache) => Partial<Cache>;

/** Caches that break a law of the cache suite each. */
export const brokenCaches: readonly BrokenImplementation<CacheSuiteFactory>[] = [
  broken('answers null for nothing', 'knows nothing under a key that was never set', (cache) => ({
    cacheGet: async (key) => (await cache.cacheGet(key)) ?? (null as unknown as undefined),
  })),
  broken('forgets everything', 'gives back what was set, each key its own', () => ({ cacheSet: async () => {} })),
  broken('never replaces', 'replaces a value', (cache) => ({
    cacheSet: async (key, value, ttl) => {
      if ((await cache.cacheGet(key)) === undefined) await cache.cacheSet(key, value, ttl);
    },
  })),
  broken(
    'complains about deleting unknown keys',
    'forgets a deleted key and no other, and deletes unknown keys without complaint',
    (cache) => ({
      cacheDelete: async (key) => {
        if ((await cache.cacheGet(key)) === undefined) throw new Error('unknown key');
        await cache.cacheDelete(key);
      },
    }),
  ),
  broken('takes empty text for nothing', 'keeps any text word for word, as a value and in a key', (cache) => ({
    cacheGet: async (key) => (await cache.cacheGet(key)) || undefined,
  })),
  broken('keeps its entries in a plain object', 'is not confused by keys that objects have by nature', () => {
    const entries: Record<string, string> = {};
    return {
      cacheGet: async (key) => entries[key],
      cacheSet: async (key, value) => {
        entries[key] = value;
      },
      cacheDelete: async (key) => {
        delete entries[key];
      },
    };
  }),
  broken('cuts long texts', 'keeps a text of 256 KiB', (cache) => ({
    cacheSet: (key, value, ttl) => cache.cacheSet(key, value.slice(0, 65_536), ttl),
  })),
  broken('never expires', 'forgets a value when its time is over, and only that one', (cache) => ({
    cacheSet: (key, value) => cache.cacheSet(key, value),
  })),
  broken('takes seconds for milliseconds', 'forgets a value when its time is over, and only that one', (cache) => ({
    cacheSet: (key, value, ttl = 3600) => cache.cacheSet(key, value, ttl / 1000),
  })),
  broken('keeps the time of the first value', 'starts the time anew when a value is replaced', (cache) => {
    const times = new Map<string, number | undefined>();
    return {
      cacheSet: (key, value, ttl) => {
        if (!times.has(key)) times.set(key, ttl);
        return cache.cacheSet(key, value, times.get(key));
      },
    };
  }),
  broken(
    'takes a time to live that it cannot keep',
    'refuses a time to live, as it declares, and keeps what it had',
    (cache) => ({ cacheSet: (key, value) => cache.cacheSet(key, value) }),
    { expiry: false },
  ),
];

function broken(
  defect: string,
  law: string,
  by: Break,
  supports: NonNullable<CacheSuiteFactory['supports']> = {},
): BrokenImplementation<CacheSuiteFactory> {
  const create: CacheSuiteFactory['create'] = async () => {
    const clock = new VirtualClock();
    const cache = new FakeCache({ clock });
    const sound: Cache = {
      cacheGet: (key) => cache.cacheGet(key),
      cacheSet: (key, value, ttl) => cache.cacheSet(key, value, ttl),
      cacheDelete: (key) => cache.cacheDelete(key),
    };
    return { subject: { ...sound, ...by(cache) }, advance: (milliseconds) => clock.advance(milliseconds) };
  };
  return { defect, law, factory: { supports, create } };
}
