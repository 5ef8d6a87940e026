import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { AnnouncedLookups } from './announced-lookups.ts';
import { changesIn, SeriesChanges } from './series-changes.ts';

const series: Series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' };
const identity: BatchIdentity = { batchId: 'a', acceptedAt: 1 };
const query = { series, first: 10, last: 20 };
const nothing = Promise.resolve([]);

function begun(): { lookups: AnnouncedLookups<readonly never[]>; changes: SeriesChanges } {
  const [lookups, changes] = [new AnnouncedLookups<readonly never[]>(), new SeriesChanges()];
  lookups.begin(identity, query, changes, nothing);
  return { lookups, changes };
}

describe('announced lookups', () => {
  it('are taken once, by their batch', () => {
    const { lookups, changes } = begun();
    expect(lookups.take({ ...identity }, query, changes)).toBeUndefined();
    expect(lookups.take(identity, { ...query, series: { ...series } }, changes)).toBe(nothing);
    expect(lookups.take(identity, query, changes)).toBeUndefined();
  });

  it.each([
    ['another first bar', { ...query, first: 11 }],
    ['another last bar', { ...query, last: 21 }],
    ['no range', { series }],
    ['another series', { ...query, series: { ...series, adjustment: 'adjusted' as const } }],
  ])('do not count for %s', (_, other) => {
    const { lookups, changes } = begun();
    expect(lookups.take(identity, other, changes)).toBeUndefined();
  });

  it('without a range count for their series alone', () => {
    const { lookups, changes } = begun();
    for (const [asked, found] of [
      [{ series }, nothing],
      [query, undefined],
    ] as const) {
      lookups.begin(identity, { series }, changes, nothing);
      expect(lookups.take(identity, asked, changes)).toBe(found);
    }
  });

  it('do not count after their series has changed, and count after others have', () => {
    const { lookups, changes } = begun();
    changes.changed({ ...series, interval: 'weekly' });
    expect(lookups.take(identity, query, changes)).toBe(nothing);
    for (const change of [() => changes.changed(series), () => changes.changedAll()]) {
      lookups.begin(identity, query, changes, nothing);
      change();
      expect(lookups.take(identity, query, changes)).toBeUndefined();
    }
  });

  it('do not count for other data, or data that others may change', () => {
    for (const changes of [new SeriesChanges(), undefined]) {
      expect(begun().lookups.take(identity, query, changes)).toBeUndefined();
    }
  });

  it('may fail unheard', async () => {
    const { lookups, changes } = begun();
    lookups.begin(identity, query, changes, Promise.reject(new Error('away')));
    await new Promise((resolve) => void setImmediate(resolve));
    await expect(lookups.take(identity, query, changes)).rejects.toThrow('away');
  });
});

it('changes are one for all engines on the same data and database, and none for a server', () => {
  const [ownData, other] = [{}, {}];
  expect(changesIn({ ownData }, 'one')).toBe(changesIn({ ownData }, 'one'));
  const different = [
    changesIn({ ownData }, 'one'),
    changesIn({ ownData }, 'two'),
    changesIn({ ownData: other }, 'one'),
  ];
  expect(new Set(different).size).toBe(3);
  expect(changesIn({}, 'one')).toBeUndefined();
});
