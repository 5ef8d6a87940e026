import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { barBatch, VirtualClock } from '@quantumtrade/core-testing';
import type { BarBatch, BatchIdentity, QuarantinedBar, Series } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClickHouseStore } from '../src/clickhouse/clickhouse-store.ts';
import { HttpEngine } from '../src/engine/http-engine.ts';
import type { SqlEngine } from '../src/engine/sql-engine.ts';
import { migrations } from '../src/migrations/migrations.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

const database = 'tokens';
const clock = new VirtualClock({ autoAdvance: true });
let directory: string;
// A server: the embedded engine's inserts have a token each.
let front: ClickHouseFront;
let engine: HttpEngine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'market-data-'));
  front = await startClickHouseFront({ directory });
  engine = await HttpEngine.open({
    ...{ url: front.url, username: 'default', password: undefined, clock },
    ...{ connectTimeoutMs: 30_000, queryTimeoutMs: 60_000, maxConnections: 4, retries: 0, cluster: undefined },
  });
  await runMigrations({ engine, database, migrations, clock });
});
afterAll(async () => {
  await engine.close();
  await front.close();
  await rm(directory, { recursive: true });
});

/** The engine as a replica that is behind shows it: what was inserted is not seen by reads. */
function behind(): SqlEngine {
  return {
    implementation: engine.implementation,
    failsForSure: engine.failsForSure,
    command: (...call) => engine.command(...call),
    rows: async () => [],
    nativeBlocks: async () => [],
    formatted: (...call) => engine.formatted(...call),
    insertNative: (...call) => engine.insertNative(...call),
  };
}

const coalescing = { clock, maxDelayMs: 20, maxRows: 1000 };
const storeOn = (on: SqlEngine): ClickHouseStore => new ClickHouseStore({ engine: () => on, database, coalescing });

let symbols = 0;
function freshSeries(): Series {
  symbols += 1;
  return { symbol: `TOKEN${symbols}`, interval: 'daily', source: 'test', adjustment: 'raw' };
}

const identityAt = (acceptedAt: number): BatchIdentity => ({ batchId: randomUUID(), acceptedAt });

function days(series: Series, first: number, ...closes: readonly string[]): BarBatch {
  const rows = closes.map((close, i) => ({ openTime: Date.UTC(2024, 0, first + i, 5), close }));
  return barBatch({ ...series, rows });
}

/** Open day, close and batch of every version, as the table has them. */
async function versionsOf({ symbol }: Series): Promise<string[]> {
  const rows = await engine.rows<{ day: number; close: string }>(
    `SELECT toDayOfMonth(open_time) AS day, close FROM ${database}.bars WHERE symbol = {symbol:String}
     ORDER BY open_time, ingested_at`,
    { symbol },
  );
  return rows.map(({ day, close }) => `${day}: ${close}`);
}

describe('the deduplication token', () => {
  it('makes the engine drop the same rows of the same batch, although the store cannot see the first ones', async () => {
    const series = freshSeries();
    const identity = identityAt(1_700_000_000_000);
    await storeOn(behind()).insertMarketData(days(series, 2, '10', '20'), identity);
    await storeOn(behind()).insertMarketData(days(series, 2, '10', '20'), identity);
    expect(await versionsOf(series)).toEqual(['2: 10', '3: 20']);
  });

  it('differs for other rows of the same batch, so that none of them is dropped', async () => {
    const series = freshSeries();
    const identity = identityAt(1_700_000_000_000);
    await storeOn(behind()).insertMarketData(days(series, 2, '10', '20'), identity);
    await storeOn(behind()).insertMarketData(days(series, 3, '20', '30'), identity);
    await storeOn(behind()).insertMarketData(days(series, 5, '40'), identity);
    expect(new Set(await versionsOf(series))).toEqual(new Set(['2: 10', '3: 20', '4: 30', '5: 40']));
  });

  it('differs for another batch with the same rows', async () => {
    const series = freshSeries();
    await storeOn(behind()).insertMarketData(days(series, 2, '10'), identityAt(1_700_000_000_000));
    await storeOn(behind()).insertMarketData(days(series, 2, '10'), identityAt(1_700_000_000_001));
    expect(await versionsOf(series)).toEqual(['2: 10', '2: 10']);
  });

  it('stores what another writer made necessary between two attempts of one batch', async () => {
    const series = freshSeries();
    const store = storeOn(engine);
    const identity = identityAt(1_700_000_000_000);
    // The first attempt got a part of its rows in.
    await store.insertMarketData(days(series, 2, '10', '20'), identity);
    await store.insertMarketData(days(series, 4, '31'), identityAt(1_700_000_001_000));
    const outcome = await store.insertMarketData(days(series, 2, '10', '20', '30'), identity);
    expect(outcome).toEqual({ stored: 3, unchanged: 0 });
    expect(await versionsOf(series)).toEqual(['2: 10', '3: 20', '4: 31', '4: 30']);
  });

  it('lets different rejected rows of one batch in, and the same ones once', async () => {
    const series = freshSeries();
    const identity = identityAt(1_700_000_000_000);
    const row = (label: string): QuarantinedBar => ({ label, values: {}, qualityScore: 0, brokenRules: ['x'] });
    await storeOn(behind()).insertQuarantine(series, [row('a')], identity);
    await storeOn(behind()).insertQuarantine(series, [row('b')], identity);
    await storeOn(behind()).insertQuarantine(series, [row('b')], identity);
    const kept = await storeOn(engine).getQuarantine({ symbol: series.symbol });
    expect(kept.map(({ label }) => label)).toEqual(['a', 'b']);
  });
});

describe('a replay after the engine has forgotten the token', () => {
  it('adds nothing, because the rows are known by their batch', async () => {
    const series = freshSeries();
    await engine.command(`ALTER TABLE ${database}.bars MODIFY SETTING non_replicated_deduplication_window = 1`);
    const identity = identityAt(1_700_000_000_000);
    const batch = days(series, 2, '10', '20');
    const first = await storeOn(engine).insertMarketData(batch, identity);
    for (let i = 0; i < 3; i++) {
      await storeOn(engine).insertMarketData(days(freshSeries(), 2, '1'), identityAt(1_700_000_000_000 + i));
    }
    // The window is really over: what cannot see the rows inserts them again.
    const forgotten = freshSeries();
    const twice = identityAt(1_700_000_000_000);
    await storeOn(behind()).insertMarketData(days(forgotten, 2, '10'), twice);
    for (let i = 0; i < 3; i++) {
      await storeOn(engine).insertMarketData(days(freshSeries(), 2, '1'), identityAt(1_700_000_000_000 + i));
    }
    await storeOn(behind()).insertMarketData(days(forgotten, 2, '10'), twice);
    expect(await versionsOf(forgotten)).toEqual(['2: 10', '2: 10']);

    expect(await storeOn(engine).insertMarketData(batch, identity)).toEqual(first);
    await storeOn(engine).insertMarketData(days(series, 2, '11'), identityAt(1_700_000_009_000));
    expect(await storeOn(engine).insertMarketData(batch, identity)).toEqual(first);
    expect(await versionsOf(series)).toEqual(['2: 10', '2: 11', '3: 20']);
  });
});

describe('bars that were stored before lineage was kept', () => {
  it('are read with no broken rules and no word of the vendor', async () => {
    const old = 'before_lineage';
    await runMigrations({ engine, database: old, migrations: migrations.slice(0, 1), clock });
    await engine.command(
      `INSERT INTO ${old}.bars (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high, low,
         close, quality_score, bar_label, batch_id)
       SELECT 'OLD', 'daily', 'test', 'raw', '2024-01-02 05:00:00', '2024-01-03 00:00:00', '2024-01-02', 1, 1, 1, 1, 90,
         'start', generateUUIDv4()`,
    );
    await runMigrations({ engine, database: old, migrations, clock });
    const store = new ClickHouseStore({ engine: () => engine, database: old, coalescing });
    const series: Series = { symbol: 'OLD', interval: 'daily', source: 'test', adjustment: 'raw' };
    const [bar] = await store.getStoredBars(series);
    expect(bar).toMatchObject({ close: '1', qualityScore: 90, brokenRules: [] });
    expect(bar).not.toHaveProperty('lastRefreshed');
    const again = await store.insertMarketData(days(series, 2, '1'), identityAt(1_704_300_000_000));
    expect(again).toEqual({ stored: 0, unchanged: 1 });
  });
});
