import type { BatchIdentity, Series } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { Occurrences } from '../engine/occurrences.ts';
import { AnnouncedLookups } from './announced-lookups.ts';
import { changesIn, SeriesChanges } from './series-changes.ts';

const series: Series = { symbol: 'IBM', interval: 'daily', source: 'fake', adjustment: 'raw' };
const identity: BatchIdentity = { batchId: 'a', acceptedAt: 1 };
const query = { series, first: 10, last: 20 };
const nothing = Promise.resolve([]);
const ownData = () => ({ commands: new Occurrences() });

function begun() {
  const data = ownData();
  const [lookups, changes] = [new AnnouncedLookups<readonly never[]>(), new SeriesChanges(data)];
  lookups.begin(identity, query, changes, nothing);
  return { lookups, changes, data };
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

  it('do not count after an insert into their series or a statement has begun or ended, and count after other inserts', async () => {
    const { lookups, changes, data } = begun();
    changes.inserting({ ...series, interval: 'weekly' })();
    expect(lookups.take(identity, query, changes)).toBe(nothing);
    const unsettle = [() => changes.inserting(series), () => data.commands.begin()];
    for (const begins of unsettle) {
      lookups.begin(identity, query, changes, nothing);
      const ends = begins();
      expect(lookups.take(identity, query, changes)).toBeUndefined();
      lookups.begin(identity, query, changes, nothing);
      ends();
      expect(lookups.take(identity, query, changes)).toBeUndefined();
    }
  });

  it('do not count for other data, or data that others may change', () => {
    for (const changes of [new SeriesChanges(ownData()), undefined]) {
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
  const [one, other] = [ownData(), ownData()];
  expect(changesIn({ ownData: one }, 'one')).toBe(changesIn({ ownData: one }, 'one'));
  const different = [
    changesIn({ ownData: one }, 'one'),
    changesIn({ ownData: one }, 'two'),
    changesIn({ ownData: other }, 'one'),
  ];
  expect(new Set(different).size).toBe(3);
  expect(changesIn({}, 'one')).toBeUndefined();
});
