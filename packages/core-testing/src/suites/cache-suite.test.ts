import type { Cache } from '@quantumtrade/core-traits';
import { describe, expect, it } from 'vitest';
import { FakeCache } from '../cache/fake-cache.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { cacheSuite } from './cache-suite.ts';
import { runSuite } from './run-suite.ts';

describe('cacheSuite', () => {
  it.each<[string, string, (cache: FakeCache) => Partial<Cache>]>([
    ['forgets everything', 'gives back what was set', () => ({ cacheSet: async () => {} })],
    [
      'answers null for nothing',
      'never set',
      (cache) => ({
        cacheGet: async (key) => (await cache.cacheGet(key)) ?? (null as unknown as undefined),
      }),
    ],
    [
      'takes empty text for nothing',
      'word for word',
      (cache) => ({
        cacheGet: async (key) => (await cache.cacheGet(key)) || undefined,
      }),
    ],
    [
      'never replaces',
      'replaces a value',
      (cache) => ({
        cacheSet: async (key, value, ttl) => {
          if ((await cache.cacheGet(key)) === undefined) await cache.cacheSet(key, value, ttl);
        },
      }),
    ],
    [
      'complains about deleting unknown keys',
      'deleted key',
      (cache) => ({
        cacheDelete: async (key) => {
          if ((await cache.cacheGet(key)) === undefined) throw new Error('unknown key');
          await cache.cacheDelete(key);
        },
      }),
    ],
    ['never expires', 'when its time is over', (cache) => ({ cacheSet: (key, value) => cache.cacheSet(key, value) })],
    [
      'takes seconds for milliseconds',
      'when its time is over',
      (cache) => ({
        cacheSet: (key, value, ttl = 3600) => cache.cacheSet(key, value, ttl / 1000),
      }),
    ],
    [
      'cuts long text',
      '256 KiB',
      (cache) => ({
        cacheSet: (key, value, ttl) => cache.cacheSet(key, value.slice(0, 65_536), ttl),
      }),
    ],
  ])('finds a cache that %s', async (_, test, broken) => {
    const outcomes = await runSuite((functions) => {
      cacheSuite(
        { ...functions, expect },
        {
          async create() {
            const clock = new VirtualClock();
            const cache = new FakeCache({ clock });
            const sound: Cache = {
              cacheGet: (key) => cache.cacheGet(key),
              cacheSet: (key, value, ttl) => cache.cacheSet(key, value, ttl),
              cacheDelete: (key) => cache.cacheDelete(key),
            };
            return { subject: { ...sound, ...broken(cache) }, advance: (ms) => clock.advance(ms) };
          },
        },
      );
    });
    const failed = outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
    expect(failed.join()).toContain(test);
  });

  it('releases its subject after each test, also a failed one', async () => {
    let [created, released] = [0, 0];
    const outcomes = await runSuite((functions) => {
      cacheSuite(
        { ...functions, expect },
        {
          async create() {
            created += 1;
            const subject = new FakeCache();
            subject.failWith();
            return {
              subject,
              advance: async () => {},
              dispose: async () => {
                released += 1;
              },
            };
          },
        },
      );
    });
    expect(outcomes.every(({ failure }) => failure !== undefined)).toBe(true);
    expect([created, released]).toEqual([outcomes.length, outcomes.length]);
  });
});
