import { inspect } from 'node:util';
import type { MarketDataStore } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { partialMock } from './partial-mock.ts';

describe('partialMock', () => {
  const mock = partialMock<MarketDataStore>('MarketDataStore', { getStoredBars: async () => [] });
  const query = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' } as const;

  it('has the members it is given', async () => {
    expect(await mock.getStoredBars(query)).toEqual([]);
  });

  it('fails by name when a missing member is called or read', () => {
    expect(() => mock.getQuarantine()).toThrow('MarketDataStore.getQuarantine is not part of this mock');
    expect(() => mock.insertMarketData).toThrow('MarketDataStore.insertMarketData is not part of this mock');
  });

  it('fails by name when a given member needs a missing one', () => {
    const partial = partialMock<{ outer(): number; inner(): number }>('Pair', {
      outer() {
        return this.inner?.() ?? 0;
      },
    });
    expect(() => partial.outer()).toThrow('Pair.inner is not part of this mock');
  });

  it('can be awaited, printed, written as JSON and compared', async () => {
    expect(await mock).toBe(mock);
    expect(inspect(mock)).toContain('getStoredBars');
    expect(JSON.stringify({ mock })).toBe('{"mock":{}}');
    expect(`${mock}`).toBe('[object Object]');
    expect(() => expect(mock).toEqual({ other: 1 })).toThrow('to deeply equal');
    expect('getQuarantine' in mock).toBe(false);
  });

  it('takes a member given as undefined for a part of it', () => {
    expect(partialMock<{ limit: number | undefined }>('Query', { limit: undefined }).limit).toBeUndefined();
  });
});
