import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { AnnouncedLookups } from './announced-lookups.ts';

const series: Series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' };
const identity: BatchIdentity = { batchId: 'a', acceptedAt: 1 };
const query = { series, first: 10, last: 20, batchId: 'a' };
const nothing = Promise.resolve([]);

describe('announced lookups', () => {
  it('are taken once, by their batch', () => {
    const lookups = new AnnouncedLookups();
    lookups.begin(identity, query, nothing);
    expect(lookups.take({ ...identity }, query)).toBeUndefined();
    expect(lookups.take(identity, { ...query, series: { ...series } })).toBe(nothing);
    expect(lookups.take(identity, query)).toBeUndefined();
  });

  it.each([
    ['another first bar', { ...query, first: 11 }],
    ['another last bar', { ...query, last: 21 }],
    ['another series', { ...query, series: { ...series, adjustment: 'adjusted' as const } }],
  ])('do not count for %s', (_, other) => {
    const lookups = new AnnouncedLookups();
    lookups.begin(identity, query, nothing);
    expect(lookups.take(identity, other)).toBeUndefined();
  });

  it('do not count after their series has changed, and count after others have', () => {
    const lookups = new AnnouncedLookups();
    lookups.begin(identity, query, nothing);
    lookups.changed({ ...series, interval: 'weekly' });
    expect(lookups.take(identity, query)).toBe(nothing);
    lookups.begin(identity, query, nothing);
    lookups.changed(series);
    expect(lookups.take(identity, query)).toBeUndefined();
  });

  it('may fail unheard', async () => {
    const lookups = new AnnouncedLookups();
    lookups.begin(identity, query, Promise.reject(new Error('away')));
    await new Promise((resolve) => void setImmediate(resolve));
    await expect(lookups.take(identity, query)).rejects.toThrow('away');
  });
});
