import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseFront, startClickHouseFront } from '@quantumtrade/clickhouse-front';
import { coverageReaderSuite, VirtualClock } from '@quantumtrade/core-testing';
import type { Series } from '@quantumtrade/shared-types';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClickHouseStore } from '../src/clickhouse/clickhouse-store.ts';
import { seriesCondition, seriesParameters } from '../src/clickhouse/series-filter.ts';
import { ClickHouseCoverage } from '../src/coverage/clickhouse-coverage.ts';
import { HttpEngine } from '../src/engine/http-engine.ts';
import { migrations } from '../src/migrations/migrations.ts';
import { runMigrations } from '../src/migrations/run-migrations.ts';

// An engine is begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

// The front is the embedded engine behind HTTP: what passes here passes on both ways to an engine.
const database = 'coverage';
const clock = new VirtualClock({ autoAdvance: true });
let directory: string;
let front: ClickHouseFront;
let engine: HttpEngine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'market-data-'));
  front = await startClickHouseFront({ directory });
  engine = await HttpEngine.open({
    ...{ url: front.url, username: 'default', password: undefined, clock },
    ...{ connectTimeoutMs: 30_000, queryTimeoutMs: 60_000, maxConnections: 10, retries: 0, cluster: undefined },
  });
  await runMigrations({ engine, database, migrations, clock });
});
afterAll(async () => {
  await engine.close();
  await front.close();
  await rm(directory, { recursive: true });
});

async function deleteBars(series: Series, openTimes: readonly number[]): Promise<void> {
  const instants = openTimes.map((openTime) => `fromUnixTimestamp64Milli(${openTime}, 'UTC')`).join(', ');
  await engine.command(
    `ALTER TABLE ${database}.bars DELETE WHERE ${seriesCondition} AND open_time IN (${instants}) SETTINGS mutations_sync = 2`,
    seriesParameters(series),
  );
}

describe('ClickHouse', () => {
  coverageReaderSuite(
    { describe, it, expect },
    {
      create: async () => ({
        subject: {
          reader: new ClickHouseCoverage({ engine: () => engine, database }),
          store: new ClickHouseStore({ engine: () => engine, database }),
          deleteBars,
        },
      }),
    },
  );

  it('answers for more slices and symbols than one statement could name', async () => {
    const reader = new ClickHouseCoverage({ engine: () => engine, database });
    const slices = Array.from({ length: 7000 }, (_, index) => ({
      index,
      from: index * 60_000,
      until: (index + 1) * 60_000,
    }));
    const symbols = Array.from({ length: 4100 }, (_, number) => `MANY${number}`);
    const group = { symbols, interval: '1min', source: 'suite', adjustment: 'raw' } as const;
    expect(await reader.countSlices({ ...group, symbols: symbols.slice(0, 10) }, slices)).toEqual([]);
    expect(await reader.countDays(group, { from: '2024-01-01', to: '2024-12-31' })).toEqual([]);
    expect(await reader.answers(group, { from: 0, to: 1 })).toEqual([]);
    expect(await reader.rejectedLabels(group)).toEqual([]);
  });
});
