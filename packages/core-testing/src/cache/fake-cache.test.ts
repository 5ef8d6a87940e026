import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeCache } from './fake-cache.ts';

describe('FakeCache', () => {
  it('keeps an entry to the last millisecond of its time and no longer', async () => {
    const clock = new VirtualClock();
    const cache = new FakeCache({ clock, defaultTtlSeconds: 2 });
    await cache.cacheSet('default', 'a');
    await cache.cacheSet('own', 'b', 3);
    await clock.advance(1999);
    expect(cache.keys()).toEqual(['default', 'own']);
    await clock.advance(1);
    expect(cache.keys()).toEqual(['own']);
    expect(await cache.cacheGet('default')).toBeUndefined();
  });

  it('is not aged by a wall clock that jumps', async () => {
    const clock = new VirtualClock();
    const cache = new FakeCache({ clock });
    await cache.cacheSet('key', 'value', 60);
    clock.jump(3_600_000);
    expect(await cache.cacheGet('key')).toBe('value');
  });

  it('rejects everything during an outage and has kept its entries after it', async () => {
    const cache = new FakeCache();
    await cache.cacheSet('key', 'value');
    cache.failWith();
    await expect(cache.cacheGet('key')).rejects.toMatchObject({ kind: 'database', reason: 'cacheUnavailable' });
    await expect(cache.cacheSet('other', 'value')).rejects.toThrow('told to fail');
    await expect(cache.cacheDelete('key')).rejects.toThrow('told to fail');
    cache.recover();
    expect(cache.keys()).toEqual(['key']);
    expect(await cache.cacheGet('key')).toBe('value');
  });

  it('rejects with the error it is given', async () => {
    const cache = new FakeCache();
    const error = new Error('out of memory');
    cache.failWith(error);
    await expect(cache.cacheGet('key')).rejects.toBe(error);
  });

  it('records its calls, also those that it rejects', async () => {
    const cache = new FakeCache();
    await cache.cacheSet('a', '1');
    await cache.cacheSet('b', '2', 60);
    await cache.cacheGet('a');
    cache.failWith();
    await expect(cache.cacheDelete('a')).rejects.toThrow();
    expect(cache.operations()).toHaveLength(4);
    expect(cache.operations('a')).toEqual([
      { call: 'set', key: 'a', value: '1' },
      { call: 'get', key: 'a' },
      { call: 'delete', key: 'a' },
    ]);
    expect(cache.operations('b')).toEqual([{ call: 'set', key: 'b', value: '2', ttlSeconds: 60 }]);
  });
});
