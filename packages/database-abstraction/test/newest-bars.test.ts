import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { BarBatch, Interval, Series, StoredBar } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClickHouseStore } from '../src/clickhouse/clickhouse-store.ts';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import type { SqlEngine } from '../src/engine/sql-engine.ts';
import { createMarketDataMaintenance, type MarketDataMaintenance } from '../src/maintenance/market-data-maintenance.ts';
import { migrations } from '../src/migrations/migrations.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

const database = 'newest';
const clock = new VirtualClock();
const farFuture = Date.UTC(2299, 0, 1);
const start = Date.UTC(2024, 0, 1);
const [minute, day] = [60_000, 86_400_000];

let directory: string;
let engine: EmbeddedEngine;
let second: EmbeddedEngine;
let maintenance: MarketDataMaintenance;

const open = () => EmbeddedEngine.open({ dataDirectory: directory, clock, lockTimeoutMs: 0, command: 'test' });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'market-data-'));
  [engine, second] = [await open(), await open()];
  await runMigrations({ engine, database, migrations, clock });
  maintenance = createMarketDataMaintenance({
    ...{ engine: () => second, database, cluster: undefined, dataDirectory: directory },
  });
});
afterAll(async () => {
  await Promise.all([engine.close(), second.close()]);
  await rm(directory, { recursive: true });
});

type Steps = { before?: () => Promise<unknown>; after?: () => Promise<unknown> };

/** A store on an engine, the questions that the engine was asked, and what happens around its answers and its inserts. */
function storeOn(of: EmbeddedEngine = engine, { isOwn = true } = {}) {
  const asked: string[] = [];
  const answered: Steps = {};
  const inserted: Steps = {};
  const over: SqlEngine = {
    implementation: of.implementation,
    failsForSure: of.failsForSure,
    ownData: isOwn ? of.ownData : undefined,
    command: (...call) => of.command(...call),
    rows: async (...call) => {
      asked.push(call[0]);
      await answered.before?.();
      const rows = await of.rows<never>(...call);
      await answered.after?.();
      return rows;
    },
    nativeBlocks: (...call) => of.nativeBlocks(...call),
    formatted: (...call) => of.formatted(...call),
    insertNative: async (...call) => {
      await inserted.before?.();
      await of.insertNative(...call);
      await inserted.after?.();
    },
  };
  const coalescing = { clock, maxDelayMs: 20, maxRows: 10_000 };
  const store = new ClickHouseStore({ engine: () => over, database, coalescing });
  const latest = async (series: Series): Promise<StoredBar | undefined> =>
    (await store.getStoredBars({ ...series, newest: true, limit: 1 }))[0];
  /** What the engine says: the newest bar as of an instant that is never remembered. */
  const truth = async (series: Series): Promise<StoredBar | undefined> =>
    (await store.getStoredBars({ ...series, newest: true, limit: 1, asOf: farFuture }))[0];
  /** The newest bar, which has to be the engine's, and whether the engine had to be asked for it. */
  const checked = async (series: Series) => {
    const before = asked.length;
    const bar = await latest(series);
    const wasAsked = asked.length > before;
    expect(bar).toStrictEqual(await truth(series));
    return { bar, wasAsked };
  };
  const insert = async (batch: BarBatch, acceptedAt = start) =>
    await store.insertMarketData(batch, { batchId: randomUUID(), acceptedAt });
  return { store, asked, answered, inserted, latest, truth, checked, insert };
}

const seriesOf = (symbol: string, interval: Interval = '1min'): Series => ({
  ...{ symbol, interval, source: 'fake', adjustment: 'raw' },
});
const bars = (symbol: string, minutes: readonly number[], close = '10', interval: Interval = '1min') =>
  barBatch({ symbol, interval, rows: minutes.map((at) => ({ openTime: start + at * minute, close })) });

describe('the newest bar of a series of the embedded engine', () => {
  it('costs no question to the engine as long as nothing changes, also where there is none', async () => {
    const { store, checked, insert, asked } = storeOn();
    await insert(bars('AGAIN', [0, 1]));
    expect(await checked(seriesOf('AGAIN'))).toMatchObject({ wasAsked: true, bar: { openTime: start + minute } });
    expect(await checked(seriesOf('AGAIN'))).toMatchObject({ wasAsked: false });
    expect(await checked(seriesOf('NONE'))).toEqual({ wasAsked: true, bar: undefined });
    expect(await checked(seriesOf('NONE'))).toEqual({ wasAsked: false, bar: undefined });
    const before = asked.length;
    const [rich] = await store.getMarketData({ ...seriesOf('AGAIN'), newest: true, limit: 1 });
    expect([rich?.openTime.toMillis(), asked.length - before]).toEqual([start + minute, 0]);
  });

  it('is asked for again with any other question', async () => {
    const { store, insert, latest, asked } = storeOn();
    await insert(bars('OTHER', [0, 1, 2]));
    await latest(seriesOf('OTHER'));
    const last = start + 2 * minute;
    for (const [more, first] of [
      [{ newest: true, limit: 2 }, start + minute],
      [{ newest: true }, start],
      [{ limit: 1 }, start],
      [{ newest: true, limit: 1, to: start }, start],
      [{ newest: true, limit: 1, from: last + 1 }, undefined],
      [{ newest: true, limit: 1, asOf: start - 1 }, undefined],
    ] as const) {
      const before = asked.length;
      const [bar] = await store.getStoredBars({ ...seriesOf('OTHER'), ...more });
      expect([bar?.openTime, asked.length - before], JSON.stringify(more)).toEqual([first, 1]);
    }
  });

  it('is asked for each time where others write too', async () => {
    const { checked, insert } = storeOn(engine, { isOwn: false });
    for (const minutes of [[0], [], [1]]) {
      if (minutes.length > 0) await insert(bars('SERVER', minutes));
      expect((await checked(seriesOf('SERVER'))).wasAsked).toBe(true);
    }
  });

  it('goes on with what the same store inserts, without a question', async () => {
    const { checked, insert } = storeOn();
    await checked(seriesOf('GOES'));
    await insert(bars('GOES', [5, 6]));
    expect(await checked(seriesOf('GOES'))).toMatchObject({ wasAsked: false, bar: { openTime: start + 6 * minute } });
    await insert(bars('GOES', [1, 2]));
    expect(await checked(seriesOf('GOES'))).toMatchObject({ wasAsked: false, bar: { openTime: start + 6 * minute } });
    await insert(bars('GOES', [5, 6], '11'));
    expect(await checked(seriesOf('GOES'))).toMatchObject({ wasAsked: false, bar: { close: '11' } });
    await insert(bars('GOES', [5, 6], '11'));
    expect(await checked(seriesOf('GOES'))).toMatchObject({ wasAsked: false, bar: { ingestedAt: start + 1 } });
    const rows = [
      { openTime: start + 5 * minute, close: '12' },
      { openTime: start + 6 * minute, close: '11' },
    ];
    expect(await insert(barBatch({ ...seriesOf('GOES'), rows }))).toEqual({ stored: 1, unchanged: 1 });
    expect(await checked(seriesOf('GOES'))).toMatchObject({ wasAsked: false, bar: { ingestedAt: start + 1 } });
  });

  it('is the one that was inserted under a name that the engine takes for the same', async () => {
    const { checked, insert } = storeOn();
    await checked(seriesOf('HALF\ufffd'));
    await insert(bars('HALF\ud800', [0]));
    expect((await checked(seriesOf('HALF\ufffd'))).bar).toBeDefined();
    await insert(bars('HALF\ud800', [1]));
    expect((await checked(seriesOf('HALF\ufffd'))).bar?.openTime).toBe(start + minute);
  });

  it('follows weekly bars, of which a later one supersedes another date', async () => {
    const { checked, insert } = storeOn();
    const week = (at: string, close: string) =>
      barBatch({ symbol: 'WEEK', interval: 'weekly', rows: [{ openTime: `${at}T05:00:00Z`, close }] });
    for (const [at, close] of [
      ['2024-01-05', '1'],
      ['2024-01-12', '2'],
      ['2024-01-10', '3'],
    ] as const) {
      await insert(week(at, close));
      await checked(seriesOf('WEEK', 'weekly'));
      expect((await checked(seriesOf('WEEK', 'weekly'))).bar?.close).toBe(close === '3' ? '2' : close);
    }
  });

  it('is another one after an insert by another store, in whichever series', async () => {
    const [one, two] = [storeOn(), storeOn(second)];
    await one.insert(bars('TWO', [0]));
    await one.checked(seriesOf('TWO'));
    await two.insert(bars('TWO', [1]));
    expect((await one.checked(seriesOf('TWO'))).bar?.openTime).toBe(start + minute);
    await two.insert(bars('ELSEWHERE', [2]));
    expect((await one.checked(seriesOf('TWO'))).wasAsked).toBe(false);
  });

  it('is gone after deletion by age, and after any statement that takes it away', async () => {
    const { checked, insert } = storeOn();
    const gone: [string, () => Promise<unknown>][] = [
      ['retention', () => maintenance.retain([{ table: 'bars', interval: '1min', before: farFuture }])],
      ['ALTER', () => second.command(`ALTER TABLE ${database}.bars DELETE WHERE symbol = 'GONE'`)],
      ['DELETE', () => second.command(`DELETE FROM ${database}.bars WHERE symbol = 'GONE'`)],
      ['TRUNCATE', () => engine.command(`TRUNCATE TABLE ${database}.bars`)],
    ];
    for (const [what, takeAway] of gone) {
      await insert(bars('GONE', [0, 1]), clock.now());
      expect((await checked(seriesOf('GONE'))).bar, what).toBeDefined();
      await takeAway();
      expect((await checked(seriesOf('GONE'))).bar, what).toBeUndefined();
    }
  });

  it('is the one that a statement inserted', async () => {
    const { checked, insert } = storeOn();
    await insert(bars('RAW', [0]));
    await checked(seriesOf('RAW'));
    await engine.command(
      `INSERT INTO ${database}.bars SELECT * REPLACE (open_time + toIntervalMinute(7) AS open_time)
       FROM ${database}.bars WHERE symbol = 'RAW'`,
    );
    expect((await checked(seriesOf('RAW'))).bar?.openTime).toBe(start + 7 * minute);
  });

  it('is not remembered from a read that an insert or a statement overtook', async () => {
    for (const by of [storeOn(), storeOn(second), undefined]) {
      for (const when of ['before', 'after'] as const) {
        const { latest, checked, insert, answered } = storeOn();
        const symbol = `RACE${randomUUID()}`;
        await insert(bars(symbol, [0]));
        const change = async () => {
          answered[when] = () => Promise.resolve();
          if (by !== undefined) return await by.insert(bars(symbol, [1]));
          return await second.command(`ALTER TABLE ${database}.bars DELETE WHERE symbol = '${symbol}'`);
        };
        answered[when] = change;
        const overtaken = await latest(seriesOf(symbol));
        if (when === 'after') expect(overtaken?.openTime).toBe(start);
        expect((await checked(seriesOf(symbol))).bar?.openTime).toBe(by === undefined ? undefined : start + minute);
      }
    }
  });

  it('is not told from memory while an insert is under way, of which the engine may have rows already', async () => {
    const [one, two] = [storeOn(), storeOn(second)];
    await one.insert(bars('DURING', [0]));
    await one.latest(seriesOf('DURING'));
    two.inserted.before = async () => expect((await one.checked(seriesOf('DURING'))).bar?.openTime).toBe(start);
    two.inserted.after = async () => expect((await one.checked(seriesOf('DURING'))).bar?.openTime).toBe(start + minute);
    await two.insert(bars('DURING', [1]));
    expect((await one.checked(seriesOf('DURING'))).bar?.openTime).toBe(start + minute);
  });

  it('hears an abort from before, remembered or not', async () => {
    const { store, insert, latest } = storeOn();
    await insert(bars('ABORT', [0]));
    const signal = AbortSignal.abort(new Error('enough'));
    const ask = () => store.getStoredBars({ ...seriesOf('ABORT'), newest: true, limit: 1 }, { signal });
    await expect(ask()).rejects.toThrow('enough');
    await latest(seriesOf('ABORT'));
    await expect(ask()).rejects.toThrow('enough');
  });

  it('is not told once the engine is closed', async () => {
    let isOpen = true;
    const store = new ClickHouseStore({
      engine: () => {
        if (isOpen) return engine;
        throw new Error('not connected');
      },
      database,
    });
    const query = { ...seriesOf('CLOSED'), newest: true, limit: 1 } as const;
    expect(await store.getStoredBars(query)).toEqual([]);
    isOpen = false;
    await expect(store.getStoredBars(query)).rejects.toThrow('not connected');
  });
});

describe('statements', () => {
  it('are under way until the engine has ended them, also where nobody waits any more', async () => {
    const { commands } = engine.ownData;
    const caller = new AbortController();
    const given = engine.command('SELECT sleep(0.2) FORMAT Null', undefined, { signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(commands.areUnderWay).toBe(true);
    await vi.waitFor(() => expect(commands.areUnderWay).toBe(false));
    const before = commands.count;
    await expect(engine.command('SELECT 1', undefined, { signal: caller.signal })).rejects.toThrow('enough');
    expect(commands.count).toBe(before);
  });

  it('that are refused are over', async () => {
    await expect(engine.command('NONSENSE')).rejects.toMatchObject({ reason: 'refused' });
    expect(engine.ownData.commands.areUnderWay).toBe(false);
  });

  it('that are refused while another one deletes are over when that one is', async () => {
    const { insert } = storeOn();
    await insert(bars('SLOW', [0, 1, 2, 3, 4]));
    const { commands } = engine.ownData;
    const slowly = `ALTER TABLE ${database}.bars DELETE WHERE symbol = 'SLOW' AND sleepEachRow(0.2) = 1`;
    const deleting = second.command(slowly);
    const mutations = 'SELECT 1 FROM system.mutations WHERE NOT is_done';
    while ((await engine.rows(mutations)).length === 0);
    await expect(engine.command('NONSENSE')).rejects.toMatchObject({ reason: 'refused' });
    expect(commands.areUnderWay).toBe(true);
    await deleting;
    expect(commands.areUnderWay).toBe(false);
  });

  it('of an engine that is closed are over when another one on the data says that nothing goes on', async () => {
    const closed = await open();
    await closed.close();
    await expect(closed.command('SELECT 1')).rejects.toMatchObject({ kind: 'database' });
    expect(engine.ownData.commands.areUnderWay).toBe(true);
    await engine.command('SELECT 1');
    expect(engine.ownData.commands.areUnderWay).toBe(false);
  });
});

/** Values as they come from vendors and worse, in one row. */
const value = fc
  .tuple(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.integer({ min: 0, max: 18 }))
  .map(([units, scale]) => {
    const digits = String(units < 0 ? -units : units).padStart(scale + 1, '0');
    const point = digits.length - scale;
    return `${units < 0 ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
  });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('', "o'clock\\", '\0', '\ud800'));
const row = fc.record({
  openTime: fc.constantFrom(0, -0, -1, start, Date.UTC(1900, 0, 1), Date.UTC(2299, 11, 31, 23, 59, 59, 999)),
  sessionDate: fc.constantFrom('1900-01-01', '1969-12-31', '2024-02-29', '2299-12-31'),
  ...{ open: value, high: value, low: value, close: value },
  qualityScore: fc.integer({ min: 0, max: 255 }),
  brokenRules: fc.array(text, { maxLength: 3 }),
});
const optional = { adjustedClose: fc.option(value), volume: fc.option(value) };

describe('what is remembered', () => {
  it('of an insert is what the engine answers, field for field', { timeout: 30_000 }, async () => {
    const { store, asked, latest, truth } = storeOn();
    let fromMemory = 0;
    const version = fc.oneof(fc.constantFrom(0, -1, start, start + 0.5, farFuture), fc.integer({ min: 0, max: start }));
    const labels = fc.constantFrom('start', 'end');
    const inserts = fc.array(fc.tuple(row, fc.record(optional), text, version, fc.boolean(), labels), {
      minLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(inserts, async (some) => {
        const batches = some.map(([values, { adjustedClose, volume }, lastRefreshed, , , barLabel]) => {
          const more = { ...(adjustedClose === null ? {} : { adjustedClose }), ...(volume === null ? {} : { volume }) };
          const rows = [{ ...values, ...more }];
          return barBatch({ symbol: randomUUID(), interval: '5min', barLabel, lastRefreshed, rows });
        });
        await Promise.all(batches.map(({ series }) => latest(series)));
        // At a time, so that some are joined and laid out in other types.
        const stored = batches.map(async (batch, i) => {
          const [, , , acceptedAt = 0, isShouted] = some[i] ?? [];
          const id = randomUUID();
          await store.insertMarketData(batch, { batchId: isShouted ? id.toUpperCase() : id, acceptedAt });
        });
        await Promise.all(stored);
        const before = asked.length;
        const found = await Promise.all(batches.map(({ series }) => latest(series)));
        fromMemory += found.length - (asked.length - before);
        const expected = await Promise.all(batches.map(({ series }) => truth(series)));
        expect(expected).not.toContain(undefined);
        expect(found).toStrictEqual(expected);
      }),
      { numRuns: 5, seed: 22, endOnFailure: true },
    );
    expect(fromMemory).toBeGreaterThan(50);
  });

  it('is what the engine says, whatever happens', { timeout: 30_000 }, async () => {
    const seed = 1;
    const [one, two] = [storeOn(), storeOn(second)];
    const intervals = ['1min', '1min', 'daily', 'weekly', 'monthly'] as const;
    const all = intervals.map((interval, i) => seriesOf(`SEED${seed}N${i % 4}`, interval));
    const random = numbersOf(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const ofSeeds = `symbol LIKE 'SEED${seed}N%'`;
    let changes = 0;
    const batchOf = (series: Series): BarBatch => {
      const step = series.interval === '1min' ? minute : day;
      const first = start + Math.floor(random() * 40) * step;
      const rows = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => ({
        openTime: first + i * step,
        close: pick(['10', '10.50', '11']),
        qualityScore: pick([100, 70]),
        brokenRules: pick([[], ['low_volume']]),
      }));
      return barBatch({ ...series, lastRefreshed: pick(['', 'today']), rows });
    };
    const store = async (by: typeof one, series = pick(all), batch = batchOf(series)): Promise<void> => {
      // The clock stands still, goes on and goes back.
      await by.insert(batch, start + Math.floor(random() * 5));
    };
    const kinds: readonly [number, () => Promise<unknown>][] = [
      [30, () => store(one)],
      [15, () => store(two)],
      // Different series: two stores that insert two versions of a bar at a time may give both the same instant.
      [12, () => Promise.all([...all.slice(0, 3).map((series) => store(one, series)), store(two, all[3])])],
      [36, () => one.checked(pick(all))],
      [12, () => two.checked(pick(all))],
      [15, () => Promise.all([store(one), ...all.map((series) => one.latest(series))])],
      [15, () => Promise.all([...all.map((series) => one.latest(series)), store(two)])],
      [
        6,
        () => {
          changes += 1;
          return second.command(
            `INSERT INTO ${database}.bars SELECT * REPLACE (open_time + toIntervalDay(${Math.floor(random() * 3)}) AS open_time,
               ingested_at + toIntervalSecond(${100 * changes}) AS ingested_at)
             FROM ${database}.bars WHERE ${ofSeeds} ORDER BY cityHash64(open_time, ${changes}), symbol LIMIT 3`,
          );
        },
      ],
      [
        3,
        () => {
          const before = start + Math.floor(random() * 40) * pick([minute, day]);
          return maintenance.retain([{ table: 'bars', interval: pick(intervals), before }]);
        },
      ],
      [3, () => engine.command(`ALTER TABLE ${database}.bars DELETE WHERE ${ofSeeds} AND close > 10.6`)],
      [1, () => engine.command(`TRUNCATE TABLE ${database}.bars`)],
      [1, () => maintenance.optimise()],
    ];
    const likely = kinds.flatMap(([weight, happens]) => Array.from({ length: weight }, () => happens));
    let fromMemory = 0;
    for (let i = 0; i < 80; i++) {
      await pick(likely)();
      const { wasAsked } = await one.checked(pick(all));
      if (!wasAsked) fromMemory += 1;
    }
    for (const series of all) {
      for (const store of [one, two]) {
        await store.checked(series);
        expect(await store.checked(series)).toMatchObject({ wasAsked: false });
      }
    }
    expect(fromMemory).toBeGreaterThan(20);
  });

  it('is nothing while the engine goes on with a deletion that has failed, also in the next process, until there is none', async () => {
    const reopen = async (): Promise<void> => {
      await Promise.all([engine.close(), second.close()]);
      [engine, second] = [await open(), await open()];
    };
    const asksAgain = async (): Promise<boolean> => {
      const { checked } = storeOn();
      await checked(seriesOf('BROKEN'));
      return (await checked(seriesOf('BROKEN'))).wasAsked;
    };
    await storeOn().insert(bars('BROKEN', [0]));
    expect(await asksAgain()).toBe(false);
    const fails = `ALTER TABLE ${database}.bars DELETE WHERE symbol = 'BROKEN' AND throwIf(symbol = 'BROKEN') = 0`;
    await expect(engine.command(fails)).rejects.toMatchObject({ reason: 'refused' });
    expect(await asksAgain()).toBe(true);
    await reopen();
    expect(await asksAgain()).toBe(true);
    await engine.command(`KILL MUTATION WHERE database = '${database}'`);
    expect(await asksAgain()).toBe(false);
  });
});

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
