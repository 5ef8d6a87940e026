import { randomUUID } from 'node:crypto';
import type { Cache } from '@quantumtrade/core-traits';
import { expectNotSupported, failureOf, pass, type SuiteFactory, type TestFunctions, withSubject } from './suite.ts';

/** What {@link cacheSuite} needs to test a cache. */
export interface CacheSuiteFactory extends SuiteFactory<Cache> {
  /** What the cache can do; everything when left out. */
  readonly supports?: {
    /**
     * Whether values may be set with a time to live. Where not, a `cacheSet` with one must reject with a `ServiceError`
     * of kind `system` and reason `notSupported`.
     * @default true
     */
    readonly expiry?: boolean;
  };
}

const hostileTexts = [
  '',
  ' ',
  '"quoted" \'text\' `ticks`',
  'lines\r\nand\ttabs',
  'back\\slash',
  'nul\u0000nul',
  'emoji 🚀 é 漢字',
  "'; DROP TABLE market_data; --",
  '*',
  '__proto__',
  'constructor',
  '{"json": true}',
];

/**
 * What every {@link Cache} must do. Keys are fresh in each test. Where the factory gives no `advance`, the two tests of
 * expiry wait about a second each.
 */
export function cacheSuite({ describe, it, expect }: TestFunctions, factory: CacheSuiteFactory): void {
  const expiry = factory.supports?.expiry ?? true;
  describe('a cache', () => {
    it(
      'knows nothing under a key that was never set',
      withSubject(factory, async (cache) => {
        expect(await cache.cacheGet(freshKey())).toBe(undefined);
      }),
    );

    it(
      'gives back what was set, each key its own',
      withSubject(factory, async (cache) => {
        const [first, second] = [freshKey(), freshKey()];
        await cache.cacheSet(first, 'one');
        await cache.cacheSet(second, 'two', ...(expiry ? [60] : []));
        expect(await cache.cacheGet(first)).toBe('one');
        expect(await cache.cacheGet(second)).toBe('two');
      }),
    );

    it(
      'replaces a value',
      withSubject(factory, async (cache) => {
        const key = freshKey();
        await cache.cacheSet(key, 'old');
        await cache.cacheSet(key, 'new');
        expect(await cache.cacheGet(key)).toBe('new');
      }),
    );

    it(
      'forgets a deleted key and no other, and deletes unknown keys without complaint',
      withSubject(factory, async (cache) => {
        const [gone, kept] = [freshKey(), freshKey()];
        await cache.cacheSet(gone, 'value');
        await cache.cacheSet(kept, 'value');
        await cache.cacheDelete(gone);
        await cache.cacheDelete(freshKey());
        expect(await cache.cacheGet(gone)).toBe(undefined);
        expect(await cache.cacheGet(kept)).toBe('value');
      }),
    );

    it(
      'keeps any text word for word, as a value and in a key',
      withSubject(factory, async (cache) => {
        const prefix = freshKey();
        for (const text of hostileTexts) await cache.cacheSet(`${prefix}:${text}`, text);
        for (const text of hostileTexts) {
          expect(await cache.cacheGet(`${prefix}:${text}`), JSON.stringify(text)).toBe(text);
        }
      }),
    );

    it(
      'is not confused by keys that objects have by nature',
      withSubject(factory, async (cache) => {
        for (const key of ['__proto__', 'constructor', 'toString']) {
          await cache.cacheDelete(key);
          expect(await cache.cacheGet(key), key).toBe(undefined);
        }
      }),
    );

    it(
      'keeps a text of 256 KiB',
      withSubject(factory, async (cache) => {
        const key = freshKey();
        const value = '0123456789abcdef'.repeat(16 * 1024);
        await cache.cacheSet(key, value);
        expect((await cache.cacheGet(key)) === value, 'the text came back changed').toBe(true);
      }),
    );

    if (!expiry) {
      it(
        'refuses a time to live, as it declares, and keeps what it had',
        withSubject(factory, async (cache) => {
          const key = freshKey();
          await cache.cacheSet(key, 'before');
          expectNotSupported(expect, await failureOf(() => cache.cacheSet(key, 'after', 60)));
          expect(await cache.cacheGet(key)).toBe('before');
        }),
      );
      return;
    }

    it(
      'forgets a value when its time is over, and only that one',
      withSubject(factory, async (cache, advance) => {
        const [short, long, plain] = [freshKey(), freshKey(), freshKey()];
        await cache.cacheSet(short, 'short', 1);
        await cache.cacheSet(long, 'long', 60);
        await cache.cacheSet(plain, 'plain');
        expect(await cache.cacheGet(short)).toBe('short');
        await pass(advance, 1100);
        expect(await cache.cacheGet(short)).toBe(undefined);
        expect(await cache.cacheGet(long)).toBe('long');
        expect(await cache.cacheGet(plain)).toBe('plain');
      }),
    );

    it(
      'starts the time anew when a value is replaced',
      withSubject(factory, async (cache, advance) => {
        const [longer, shorter] = [freshKey(), freshKey()];
        await cache.cacheSet(longer, 'old', 1);
        await cache.cacheSet(longer, 'new', 60);
        await cache.cacheSet(shorter, 'old', 60);
        await cache.cacheSet(shorter, 'new', 1);
        await pass(advance, 1100);
        expect(await cache.cacheGet(longer)).toBe('new');
        expect(await cache.cacheGet(shorter)).toBe(undefined);
      }),
    );
  });
}

function freshKey(): string {
  return `suite:${randomUUID()}`;
}
