import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import {
  type Adjustment,
  type BarBatch,
  type Interval,
  intradayMilliseconds,
  type Series,
} from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClickHouseStore } from '../src/clickhouse/clickhouse-store.ts';
import { ClickHouseCoverage } from '../src/coverage/clickhouse-coverage.ts';
import { EmbeddedEngine } from '../src/engine/embedded-engine.ts';
import type { NativeInsert, SqlEngine } from '../src/engine/sql-engine.ts';
import { migrations } from '../src/migrations/migrations.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

const database = 'coalescing';
const clock = new VirtualClock();
let directory: string;
let engine: EmbeddedEngine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'market-data-'));
  engine = await EmbeddedEngine.open({ dataDirectory: directory, clock, lockTimeoutMs: 0, command: 'test' });
  await runMigrations({ engine, database, migrations, clock });
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true });
});

/** The engine, its inserts counted; one that `refuses` an insert fails as an engine does that stored nothing. */
function watched(
  refuses: (insert: NativeInsert) => boolean = () => false,
  rowsOfPart?: number,
  answers?: (question: number) => Promise<void>,
) {
  const inserts: NativeInsert[] = [];
  const lookups: string[] = [];
  const questions: string[] = [];
  const over: SqlEngine = {
    implementation: engine.implementation,
    failsForSure: engine.failsForSure,
    ownData: engine.ownData,
    command: (...call) => engine.command(...call),
    rows: async (...call) => {
      questions.push(call[0]);
      if (answers !== undefined) await answers(questions.length);
      return await engine.rows(...call);
    },
    nativeBlocks: (...call) => {
      lookups.push(call[0]);
      return engine.nativeBlocks(...call);
    },
    formatted: (...call) => engine.formatted(...call),
    insertNative: async (insert, options) => {
      inserts.push(insert);
      if (refuses(insert)) throw new Error('refused');
      await engine.insertNative(insert, options);
    },
  };
  const coalescing = { clock, maxDelayMs: 20, maxRows: 10_000 };
  return {
    store: new ClickHouseStore({ engine: () => over, database, coalescing, rowsOfPart }),
    inserts,
    lookups,
    questions,
  };
}

/** A batch of its own series: intraday or daily, some with rules that were broken, some without a volume. */
function batchOf(name: string, i: number, close = String(i + 1)): BarBatch {
  const series: Series = {
    symbol: `${name}${i}`,
    interval: i % 2 === 0 ? '5min' : 'daily',
    source: i % 3 === 0 ? 'one' : 'another',
    adjustment: 'raw',
  };
  const step = intradayMilliseconds(series.interval) ?? 86_400_000;
  const rows = Array.from({ length: (i % 4) + 1 }, (_, row) => ({
    openTime: Date.UTC(2024, 0, 2, 5) + row * step,
    close: `${close}.${row}`,
    ...(i % 5 === 0 ? {} : { volume: String(1000 * i + row) }),
  }));
  const batch = barBatch({ ...series, rows, lastRefreshed: `2024-01-0${(i % 3) + 1}` });
  if (i % 2 === 1) return batch;
  const index = Uint16Array.from({ length: batch.length }, (_, row) => row % 2);
  return { ...batch, brokenRules: { combinations: [['low_volume'], ['low_volume', 'excessive_deviation']], index } };
}

const identity = (at: number) => ({ batchId: randomUUID(), acceptedAt: Date.UTC(2024, 5, 1) + at });

describe('batches that come at a time', () => {
  it('are stored by a few inserts as each one alone would be, and are unchanged when they come again', async () => {
    const together = watched();
    const alone = watched();
    const batches = Array.from({ length: 16 }, (_, i) => batchOf('T', i));
    const identities = batches.map((_, i) => identity(i));
    const outcomes = await Promise.all(
      batches.map((batch, i) => together.store.insertMarketData(batch, identities[i] ?? identity(i))),
    );
    expect(outcomes).toEqual(batches.map(({ length }) => ({ stored: length, unchanged: 0 })));
    expect(together.inserts.length).toBeLessThan(6);
    for (const [i, batch] of batches.entries()) {
      const twin = batchOf('A', i);
      await alone.store.insertMarketData(twin, identities[i] ?? identity(i));
      const expected = await alone.store.getStoredBars(twin.series);
      expect(expected).toHaveLength(batch.length);
      const symbol = batch.series.symbol;
      expect(await together.store.getStoredBars(batch.series)).toEqual(expected.map((bar) => ({ ...bar, symbol })));
    }
    const again = watched();
    const repeated = await Promise.all(
      batches.map((batch, i) => again.store.insertMarketData(batch, identity(100 + i))),
    );
    expect(repeated).toEqual(batches.map(({ length }) => ({ stored: 0, unchanged: length })));
    expect(again.inserts).toEqual([]);
  });

  it('are compared each with the versions of its own series', async () => {
    const { store } = watched();
    const batches = Array.from({ length: 12 }, (_, i) => batchOf('V', i));
    await Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
    // Every third series is corrected, the others come again as they are.
    const next = batches.map((batch, i) => (i % 3 === 0 ? batchOf('V', i, '77') : batch));
    const outcomes = await Promise.all(next.map((batch, i) => store.insertMarketData(batch, identity(100 + i))));
    expect(outcomes).toEqual(
      next.map(({ length }, i) => (i % 3 === 0 ? { stored: length, unchanged: 0 } : { stored: 0, unchanged: length })),
    );
    expect((await store.getStoredBars(batchOf('V', 3).series)).map(({ close }) => close)).toEqual([
      '77',
      '77.1',
      '77.2',
      '77.3',
    ]);
  });

  it.each<[string, (i: number) => Partial<Series>]>([
    ['symbol', (i) => ({ symbol: `ONLY${i}` })],
    ['interval', (i) => ({ interval: (['5min', 'daily', '60min'] as const)[i] as Interval })],
    ['source', (i) => ({ source: `source ${i}` })],
    ['adjustment', (i) => ({ adjustment: (['raw', 'adjusted', 'raw'] as const)[i] as Adjustment })],
    ['several fields', (i) => ({ symbol: `MANY${i}`, source: `source ${i}` })],
  ])('are looked up in one statement where they differ in %s', async (what, differing) => {
    const batches = [0, 1, 2].slice(0, what === 'adjustment' ? 2 : 3).map((i) =>
      barBatch({
        ...{ symbol: `DIFF.${what.length}`, interval: 'daily', source: 'one', adjustment: 'raw' },
        ...differing(i),
        rows: [{ openTime: Date.UTC(2024, 0, 2, 5), close: `${i + 1}` }],
      }),
    );
    const { store, lookups } = watched();
    const insertAll = (at: number) =>
      Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(at + i))));
    await insertAll(0);
    expect(await insertAll(10)).toEqual(batches.map(() => ({ stored: 0, unchanged: 1 })));
    expect(lookups).toHaveLength(1);
    // Announced, they are looked up in one statement too, and not once more.
    const again = batches.map((_, i) => identity(20 + i));
    const at = Date.UTC(2024, 0, 2, 5);
    for (const [i, { series }] of batches.entries()) {
      store.announce(series, again[i] ?? identity(0), { first: at, last: at });
    }
    await nextTurn();
    const outcomes = batches.map((batch, i) => store.insertMarketData(batch, again[i] ?? identity(0)));
    expect(await Promise.all(outcomes)).toEqual(batches.map(() => ({ stored: 0, unchanged: 1 })));
    expect(lookups).toHaveLength(2);
  });

  it('of more series than a lookup of versions takes are asked about in one statement', async () => {
    const { store, questions } = watched();
    const batches = Array.from({ length: 120 }, (_, i) =>
      barBatch({ symbol: `WIDE${i}`, source: 'one', rows: [{ openTime: Date.UTC(2024, 0, 2, 5), close: '1' }] }),
    );
    const outcomes = await Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
    expect(outcomes).toEqual(batches.map(() => ({ stored: 1, unchanged: 0 })));
    expect(questions).toHaveLength(1);
  });

  it('of series that are announced as new are asked about once, and once more where that failed', async () => {
    const batch = (symbol: string): BarBatch =>
      barBatch({ symbol, source: 'one', rows: [{ openTime: Date.UTC(2024, 0, 2, 5), close: '1' }] });
    const range = { first: Date.UTC(2024, 0, 2, 5), last: Date.UTC(2024, 0, 2, 5) };
    const failing = async (question: number): Promise<void> => {
      if (question === 1) throw new Error('away');
    };
    for (const [symbol, answers, asked] of [
      ['ASKED.ONCE', undefined, 1],
      ['ASKED.TWICE', failing, 2],
    ] as const) {
      for (const known of [range, undefined]) {
        const { store, questions } = watched(undefined, undefined, answers);
        const one = batch(`${symbol}.${known === undefined ? 'A' : 'B'}`);
        const mine = identity(10);
        store.announce(one.series, mine);
        await nextTurn();
        if (known !== undefined) store.announce(one.series, mine, known);
        expect(await store.insertMarketData(one, mine)).toEqual({ stored: 1, unchanged: 0 });
        expect(questions).toHaveLength(asked);
        // Its label is known now.
        store.announce(one.series, identity(11));
        await nextTurn();
        expect(questions).toHaveLength(asked);
      }
    }
  });

  it('are compared with what another store of the process inserted after they were announced', async () => {
    const [one, other] = [watched().store, watched().store];
    const batch = (close: string): BarBatch =>
      barBatch({ symbol: 'SHARED', source: 'one', rows: [{ openTime: Date.UTC(2024, 0, 2, 5), close }] });
    const { series } = batch('1');
    const range = { first: Date.UTC(2024, 0, 2, 5), last: Date.UTC(2024, 0, 2, 5) };
    await one.insertMarketData(batch('1'), identity(0));
    for (const [there, here, outcome] of [
      ['3', '3', { stored: 0, unchanged: 1 }],
      ['4', '3', { stored: 1, unchanged: 0 }],
    ] as const) {
      const mine = identity(10);
      one.announce(series, mine, range);
      await nextTurn();
      await other.insertMarketData(batch(there), identity(5));
      expect(await one.insertMarketData(batch(here), mine)).toEqual(outcome);
      expect((await one.getStoredBars(series)).map(({ close }) => close)).toEqual([here]);
    }
  });

  it('are not compared with a series that has each of its fields from one of theirs', async () => {
    const of = (symbol: string, interval: Interval, close: string): BarBatch => {
      const [first, second] = [Date.UTC(2024, 0, 2, 5), Date.UTC(2024, 0, 3, 5)];
      const rows = [first, second].map((openTime) => ({ openTime, close }));
      return barBatch({ symbol, interval, source: 'one', adjustment: 'raw', rows });
    };
    const { store } = watched();
    await store.insertMarketData(of('CROSS0', 'daily', '1'), identity(0));
    const batches = [of('CROSS0', '5min', '1'), of('CROSS1', 'daily', '1'), of('CROSS1', '60min', '1')];
    const insertAll = (at: number) =>
      Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(at + i))));
    expect(await insertAll(10)).toEqual(batches.map(() => ({ stored: 2, unchanged: 0 })));
    expect(await insertAll(20)).toEqual(batches.map(() => ({ stored: 0, unchanged: 2 })));
  });

  it('add nothing when they are repeated, joined with others or not', async () => {
    const { store } = watched();
    const batches = Array.from({ length: 8 }, (_, i) => batchOf('R', i));
    const identities = batches.map((_, i) => identity(i));
    const insertAll = (on: ClickHouseStore) =>
      Promise.all(batches.map((batch, i) => on.insertMarketData(batch, identities[i] ?? identity(i))));
    const first = await insertAll(store);
    const restarted = watched();
    expect(await insertAll(restarted.store)).toEqual(first);
    expect(restarted.inserts).toEqual([]);
    const [batch] = batches as [BarBatch];
    expect(await watched().store.insertMarketData(batch, identities[0] ?? identity(0))).toEqual(first[0]);
  });

  it('are handled each alone when the insert of all fails, so that only the one at fault does', async () => {
    const mentions = (insert: NativeInsert, symbol: string) =>
      insert.constants.symbol?.value === symbol ||
      insert.block.columns.some(({ name, bytes }) => name === 'symbol' && Buffer.from(bytes).includes(symbol));
    const { store } = watched((insert) => mentions(insert, 'F5'));
    const batches = Array.from({ length: 9 }, (_, i) => batchOf('F', i));
    const outcomes = await Promise.allSettled(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
    expect(outcomes.map(({ status }) => status)).toEqual(batches.map((_, i) => (i === 5 ? 'rejected' : 'fulfilled')));
    for (const [i, { series, length }] of batches.entries()) {
      expect(await store.getStoredBars(series)).toHaveLength(i === 5 ? 0 : length);
    }
  });

  it('add nothing twice when the insert of all was stored and said that it failed', async () => {
    let failures = 0;
    const { store } = watched();
    const batches = Array.from({ length: 6 }, (_, i) => batchOf('S', i));
    const original = engine.insertNative.bind(engine);
    engine.insertNative = async (insert, options) => {
      await original(insert, options);
      if (insert.constants.symbol === undefined && failures++ === 0) throw new Error('stored all the same');
    };
    try {
      const outcomes = await Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
      expect(outcomes).toEqual(batches.map(({ length }) => ({ stored: length, unchanged: 0 })));
    } finally {
      engine.insertNative = original;
    }
    expect(failures).toBeGreaterThan(0);
    const [row] = await engine.rows<{ versions: string }>(
      `SELECT count() AS versions FROM ${database}.bars WHERE match(symbol, '^S[0-9]$')`,
    );
    expect(row?.versions).toBe(String(batches.reduce((sum, { length }) => sum + length, 0)));
  });

  it('go together also when there are more of them than one byte can tell apart', async () => {
    const { store } = watched();
    const batches = Array.from({ length: 300 }, (_, i) => batchOf('M', 4 * i));
    await Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
    const rows = await engine.rows<{ symbol: string; close: string }>(
      `SELECT symbol, close FROM ${database}.bars WHERE match(symbol, '^M[0-9]+$') ORDER BY length(symbol), symbol`,
    );
    expect(rows).toEqual(batches.map(({ series }, i) => ({ symbol: series.symbol, close: String(4 * i + 1) })));
  });
});

describe('a batch in parts', () => {
  const series: Series = { symbol: 'PARTS', interval: 'daily', source: 'test', adjustment: 'raw' };
  const days = (closes: (day: number) => string) =>
    barBatch({
      ...series,
      rows: Array.from({ length: 35 }, (_, day) => ({ openTime: Date.UTC(2024, 0, 1 + day, 5), close: closes(day) })),
    });
  const versions = async (): Promise<number> => {
    const [row] = await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${database}.bars WHERE symbol = 'PARTS'`);
    return Number(row?.n);
  };

  it('is completed by its repetition after some of them failed, and gives the outcome of the whole', async () => {
    let failures = 2;
    const { store, inserts } = watched(({ block }) => block.rows === 10 && failures-- > 0, 10);
    const first = identity(0);
    const batch = days((day) => `${day + 1}`);
    await expect(store.insertMarketData(batch, first)).rejects.toThrow('refused');
    expect(inserts.map(({ block }) => block.rows)).toEqual([10, 10, 10, 5]);
    expect(await versions()).toBe(15);
    expect(await store.insertMarketData(batch, first)).toEqual({ stored: 35, unchanged: 0 });
    expect(await versions()).toBe(35);
    expect((await store.getStoredBars(series)).map(({ close }) => close)).toEqual(
      Array.from({ length: 35 }, (_, day) => `${day + 1}`),
    );
  });

  it('is cut where its rows stand in it, however many of them are new', async () => {
    const { store, inserts } = watched(undefined, 10);
    const corrected = days((day) => (day % 7 === 0 ? '999' : `${day + 1}`));
    expect(await store.insertMarketData(corrected, identity(1000))).toEqual({ stored: 5, unchanged: 30 });
    expect(inserts.map(({ block }) => block.rows)).toEqual([2, 1, 2]);
  });
});

describe('the newest bar before an instant', () => {
  it('is the same when several series are asked for at a time', async () => {
    const { store } = watched();
    const batches = Array.from({ length: 6 }, (_, i) => batchOf('N', i));
    await Promise.all(batches.map((batch, i) => store.insertMarketData(batch, identity(i))));
    const coverage = new ClickHouseCoverage({
      engine: () => engine,
      database,
      coalescing: { clock, maxDelayMs: 20, maxRows: 10_000 },
    });
    const queries = [
      ...batches.map(({ series, openTime, length }) => ({ series, instant: openTime[length - 1] ?? 0 })),
      { series: batchOf('N', 99).series, instant: Date.UTC(2030, 0, 1) },
      // The same series again, at another instant.
      { series: batchOf('N', 3).series, instant: Date.UTC(2030, 0, 1) },
    ];
    const found = await Promise.all(queries.map(({ series, instant }) => coverage.newestBefore(series, instant)));
    const newest = batches[3]?.openTime.at(-1);
    expect(found).toEqual([...batches.map(({ openTime, length }) => openTime[length - 2]), undefined, newest]);
  });
});
