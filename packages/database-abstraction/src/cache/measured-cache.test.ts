import { FakeCache, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { MeasuredCache } from './measured-cache.ts';

describe('MeasuredCache', () => {
  it('counts hits, misses, writes and failures, and passes everything on', async () => {
    const monitoring = new RecordingMonitoring();
    const inner = new FakeCache({ clock: new VirtualClock() });
    const cache = new MeasuredCache({ cache: inner, monitoring });
    expect(await cache.cacheGet('a')).toBeUndefined();
    await cache.cacheSet('a', '1', 10);
    expect(await cache.cacheGet('a')).toBe('1');
    await cache.cacheDelete('a');
    inner.failWith();
    await expect(cache.cacheGet('a')).rejects.toThrow();
    await expect(cache.cacheSet('a', '2')).rejects.toThrow();
    const count = (name: string, outcome: string) => monitoring.counter(name, { outcome });
    expect(['hit', 'miss', 'failed'].map((outcome) => count('cache_reads_total', outcome))).toEqual([1, 1, 1]);
    expect(['done', 'failed'].map((outcome) => count('cache_writes_total', outcome))).toEqual([2, 1]);
    expect(monitoring.misuse()).toEqual([]);
  });
});
