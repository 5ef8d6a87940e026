import type { Interval, Series, StoredBar } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { Occurrences } from '../engine/occurrences.ts';
import { NewestBars } from './newest-bars.ts';
import { SeriesChanges } from './series-changes.ts';

const series: Series = { symbol: 'IBM', interval: '1min', source: 'fake', adjustment: 'raw' };
const other: Series = { ...series, symbol: 'AAPL' };

function barAt(openTime: number, ingestedAt = 1, of: Series = series): StoredBar {
  const price = { open: '1', high: '1', low: '1', close: '1', adjustedClose: null, volume: null };
  const rest = { qualityScore: 100, brokenRules: ['low_volume'], barLabel: 'start', batchId: 'a' } as const;
  return { ...of, openTime, sessionDate: '2024-01-02', ...price, ...rest, ingestedAt };
}

/** A memory, the changes of its data, and a way to ask it that says whether it had to read. */
function memory() {
  const commands = new Occurrences();
  const changes = new SeriesChanges({ commands });
  const newest = new NewestBars();
  const ask = async (stored: StoredBar | undefined, of = series, meanwhile: () => unknown = () => {}) => {
    let wasRead = false;
    const bar = await newest.get(of, changes, async () => {
      wasRead = true;
      await meanwhile();
      return stored;
    });
    return { bar, wasRead };
  };
  const insert = async (inserted: StoredBar | undefined, of = series, meanwhile: () => unknown = () => {}) =>
    await newest.through({ series: of, run: async () => void (await meanwhile()), newest: () => inserted }, changes);
  return { commands, changes, newest, ask, insert };
}

describe('the newest bar', () => {
  it.each([
    ['a bar', barAt(10)],
    ['that there is none', undefined],
  ])('is read once: %s', async (_, stored) => {
    const { ask } = memory();
    expect(await ask(stored)).toEqual({ bar: stored, wasRead: true });
    expect(await ask(barAt(99))).toEqual({ bar: stored, wasRead: false });
    expect(await ask(barAt(20, 1, other), other)).toEqual({ bar: barAt(20, 1, other), wasRead: true });
  });

  it('is read anew after an insert into its series, or a statement, has begun and after it is over', async () => {
    for (const of of [
      ({ changes }: ReturnType<typeof memory>) => changes.inserting(series),
      ({ commands }: ReturnType<typeof memory>) => commands.begin(),
    ]) {
      const subject = memory();
      await subject.ask(barAt(10));
      const over = of(subject);
      expect(await subject.ask(barAt(20))).toEqual({ bar: barAt(20), wasRead: true });
      // What was read while the change was under way may be as it was before, and is not remembered.
      expect(await subject.ask(barAt(21))).toEqual({ bar: barAt(21), wasRead: true });
      over();
      expect(await subject.ask(barAt(30))).toEqual({ bar: barAt(30), wasRead: true });
      expect(await subject.ask(barAt(40))).toEqual({ bar: barAt(30), wasRead: false });
    }
  });

  it('stays remembered while others change', async () => {
    const { ask, changes } = memory();
    await ask(barAt(10));
    const over = changes.inserting(other);
    expect((await ask(barAt(20))).wasRead).toBe(false);
    over();
    expect((await ask(barAt(20))).wasRead).toBe(false);
  });

  it('is not remembered where a change began before the read or during it, and ended during it or after it', async () => {
    const kinds = [
      ({ changes }: ReturnType<typeof memory>) => changes.inserting(series),
      ({ commands }: ReturnType<typeof memory>) => commands.begin(),
    ];
    for (const kind of kinds) {
      for (const [begins, ends] of [
        ['before', 'during'],
        ['before', 'after'],
        ['during', 'during'],
        ['during', 'after'],
      ]) {
        const subject = memory();
        let over = () => {};
        const begin = () => {
          over = kind(subject);
        };
        if (begins === 'before') begin();
        await subject.ask(barAt(10), series, () => {
          if (begins === 'during') begin();
          if (ends === 'during') over();
        });
        if (ends === 'after') over();
        expect(await subject.ask(barAt(20)), `${begins}, ${ends}`).toEqual({ bar: barAt(20), wasRead: true });
      }
    }
  });

  it('stays the one that was read last where a read that began before ends after it', async () => {
    const { ask, changes } = memory();
    await ask(barAt(10), series, async () => {
      changes.inserting(series)();
      await ask(barAt(20));
    });
    expect(await ask(undefined)).toEqual({ bar: barAt(20), wasRead: false });
  });

  it('is not remembered for other data', async () => {
    const { ask, changes, newest } = memory();
    await ask(barAt(10));
    const elsewhere = new SeriesChanges({ commands: new Occurrences() });
    expect(await newest.get(series, elsewhere, async () => barAt(20))).toEqual(barAt(20));
    expect(await newest.get(series, elsewhere, async () => barAt(30))).toEqual(barAt(20));

    await ask(barAt(10));
    await newest.through({ series, run: async () => {}, newest: () => barAt(11) }, elsewhere);
    changes.inserting(series)();
    expect(await ask(barAt(12))).toEqual({ bar: barAt(12), wasRead: true });
  });

  it('is read anew for names that the engine stores as the same', async () => {
    const { ask, changes } = memory();
    const of = { ...series, symbol: '\ufffd' };
    await ask(undefined, of);
    changes.inserting({ ...series, symbol: '\ud800' })();
    expect((await ask(undefined, of)).wasRead).toBe(true);
  });

  it('is read again after a read that failed', async () => {
    const { ask } = memory();
    const fails = ask(barAt(10), series, () => Promise.reject(new Error('away')));
    await expect(fails).rejects.toThrow('away');
    expect(await ask(barAt(20))).toEqual({ bar: barAt(20), wasRead: true });
  });

  it('is not changed by who got it', async () => {
    const { ask, insert } = memory();
    const spoil = (bar: StoredBar | undefined) => {
      Object.assign(bar ?? {}, { close: '666' });
      (bar?.brokenRules as string[] | undefined)?.push('spoilt');
    };
    spoil((await ask(barAt(10))).bar);
    spoil((await ask(undefined)).bar);
    expect(await ask(undefined)).toEqual({ bar: barAt(10), wasRead: false });
    await insert(barAt(20));
    spoil((await ask(undefined)).bar);
    expect(await ask(undefined)).toEqual({ bar: barAt(20), wasRead: false });
  });

  it('is told apart for series whose names only look the same in a row', async () => {
    const { ask } = memory();
    const [one, two] = [
      { ...series, symbol: 'A 1min', source: 'x' },
      { ...series, symbol: 'A', source: '1min x' },
    ];
    await ask(barAt(10, 1, one), one);
    expect(await ask(barAt(20, 1, two), two)).toEqual({ bar: barAt(20, 1, two), wasRead: true });
  });

  it('is remembered for 10,000 series and no more', async () => {
    const { ask } = memory();
    for (let i = 0; i <= 10_000; i++) await ask(undefined, { ...series, symbol: String(i) });
    expect((await ask(undefined, { ...series, symbol: '1' })).wasRead).toBe(false);
    expect((await ask(undefined, { ...series, symbol: '0' })).wasRead).toBe(true);
  });
});

describe('after an insert, what was remembered', () => {
  it.each([
    ['a later bar, which is the newest then', barAt(10), barAt(11), barAt(11)],
    ['an earlier bar, which is not', barAt(10), barAt(9, 5), barAt(10)],
    ['a newer version', barAt(10, 1), barAt(10, 2), barAt(10, 2)],
    ['an older version', barAt(10, 2), barAt(10, 1), barAt(10, 2)],
    ['the first bar', undefined, barAt(10), barAt(10)],
  ])('goes on with %s', async (_, before, inserted, after) => {
    const { ask, insert } = memory();
    await ask(before);
    await insert(inserted);
    expect(await ask(barAt(99))).toEqual({ bar: after, wasRead: false });
    await insert(barAt(50));
    expect(await ask(barAt(99))).toEqual({ bar: barAt(50), wasRead: false });
  });

  it.each([
    ['two versions that say the same instant', barAt(10)],
    ['a row whose text the engine may write in another way', undefined],
  ])('is read anew for %s', async (_, inserted) => {
    const { ask, insert } = memory();
    await ask(barAt(10));
    await insert(inserted);
    expect(await ask(barAt(20))).toEqual({ bar: barAt(20), wasRead: true });
  });

  it.each<Interval>(['weekly', 'monthly'])('is read anew for %s bars, which supersede others', async (interval) => {
    const { ask, insert } = memory();
    const of = { ...series, interval };
    await ask(barAt(10, 1, of), of);
    await insert(barAt(11, 1, of), of);
    expect((await ask(barAt(11, 1, of), of)).wasRead).toBe(true);
  });

  it('is read anew where the insert failed', async () => {
    const { ask, insert } = memory();
    await ask(barAt(10));
    await expect(insert(barAt(11), series, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(await ask(barAt(10))).toEqual({ bar: barAt(10), wasRead: true });
    expect(await ask(barAt(11))).toEqual({ bar: barAt(10), wasRead: false });
  });

  it('is read anew where something else changed before, meanwhile or still', async () => {
    type Subject = ReturnType<typeof memory>;
    const kinds = [({ changes }: Subject) => changes.inserting(series), ({ commands }: Subject) => commands.begin()];
    for (const kind of kinds) {
      const before = memory();
      await before.ask(barAt(10));
      kind(before)();
      await before.insert(barAt(11));
      expect((await before.ask(barAt(12))).wasRead).toBe(true);

      const meanwhile = memory();
      await meanwhile.ask(barAt(10));
      await meanwhile.insert(barAt(11), series, () => kind(meanwhile)());
      expect((await meanwhile.ask(barAt(12))).wasRead).toBe(true);

      const still = memory();
      await still.ask(barAt(10));
      const over: (() => void)[] = [];
      await still.insert(barAt(11), series, () => over.push(kind(still)));
      expect((await still.ask(barAt(12))).wasRead).toBe(true);
      over[0]?.();
      expect((await still.ask(barAt(13))).wasRead).toBe(true);
    }
  });

  it('was nothing where nobody asks for the series', async () => {
    const { ask, insert } = memory();
    await ask(barAt(10, 1, other), other);
    await insert(barAt(11));
    expect((await ask(barAt(11))).wasRead).toBe(true);
  });
});
