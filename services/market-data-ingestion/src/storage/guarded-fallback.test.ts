import { FakeFallback, partialMock, RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { CollectionFallback } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { judged, series } from '../../test/service/service-with-doubles.ts';
import { GuardedFallback } from './guarded-fallback.ts';

const identity = { batchId: 'batch-1', acceptedAt: Date.UTC(2024, 0, 3) };

function guard(fallback: CollectionFallback) {
  const [clock, monitoring] = [new VirtualClock(), new RecordingMonitoring()];
  return { guarded: new GuardedFallback({ fallback, clock, monitoring }), clock, monitoring };
}

describe('a guarded fallback', () => {
  it('hands over what it is given and leaves no timer behind', async () => {
    const fallback = new FakeFallback();
    const { guarded, clock } = guard(fallback);
    await guarded.remember(judged.accepted, identity);
    expect(fallback.remembered).toEqual([{ batch: judged.accepted, identity }]);
    expect(await guarded.recall(series)).toEqual(await fallback.recall(series));
    expect(clock.sleepers).toBe(0);
  });

  it('survives a fallback that fails, and warns with the symbol', async () => {
    const fallback = new FakeFallback();
    const { guarded, monitoring } = guard(fallback);
    const error = new Error('connection refused');
    fallback.failWith(error);
    await guarded.remember(judged.accepted, identity);
    expect(await guarded.recall(series)).toEqual([]);
    expect(monitoring.logs()).toEqual([
      { level: 'warn', message: expect.stringContaining('cached'), context: { error, symbol: 'IBM' } },
      { level: 'warn', message: 'the fallback failed', context: { error, symbol: 'IBM' } },
    ]);
  });

  it('survives a fallback that throws before it waits', async () => {
    const fallback = partialMock<CollectionFallback>('CollectionFallback', {
      recall: () => {
        throw new Error('broken');
      },
    });
    expect(await guard(fallback).guarded.recall(series)).toEqual([]);
  });

  it('does not wait for a fallback that hangs', async () => {
    const fallback = partialMock<CollectionFallback>('CollectionFallback', { recall: () => new Promise(() => {}) });
    const { guarded, clock, monitoring } = guard(fallback);
    const recalled = guarded.recall(series);
    await clock.advance(499);
    expect(monitoring.logs()).toEqual([]);
    await clock.advance(1);
    expect(await recalled).toEqual([]);
    expect(monitoring.logs('warn')).toHaveLength(1);
  });

  it('holds no result back for longer than its bound when nothing can be remembered', async () => {
    const fallback = partialMock<CollectionFallback>('CollectionFallback', { remember: () => new Promise(() => {}) });
    const { guarded, clock, monitoring } = guard(fallback);
    const remembered = guarded.remember(judged.accepted, identity);
    await clock.advance(500);
    await remembered;
    expect(monitoring.logs('warn')).toMatchObject([{ message: 'recent bars could not be cached' }]);
    expect(clock.sleepers).toBe(0);
  });
});
