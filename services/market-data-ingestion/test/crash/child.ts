/**
 * A process of the crash suite: collects scripted batches into the embedded engine, with outages in between, and kills
 * itself at a point, or is killed. Run with a plan as JSON.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createConfigurationProvider, systemClock } from '@quantumtrade/core-defaults';
import { FakeCollector, RecordingMonitoring, ScriptedErrorHandler } from '@quantumtrade/core-testing';
import { type Clock, ServiceError } from '@quantumtrade/core-traits';
import { createDatabaseManager, type DatabaseManager } from '@quantumtrade/database-abstraction';
import type { BatchSpool, MarketDataStore } from '@quantumtrade/shared-types';
import { Session } from 'chdb';
import { sections } from '../../src/configuration/sections.ts';
import { createService } from '../../src/create-service.ts';
import type { FinalState, JournalLine, Plan, Point } from './plan.ts';
import { payloadOf, type StoreWeather, symbolOf, weatherOf } from './script.ts';

const plan = JSON.parse(process.argv[2] ?? '') as Plan;

let passed = 0;
/** Everything that can be killed at a point comes by here. */
function at(point: Point): void {
  if (point !== plan.kill?.point) return;
  passed += 1;
  if (passed === plan.kill.count) process.kill(process.pid, 'SIGKILL');
}

/** The batch that is collected of each symbol, or was last. */
const underWay = new Map<string, number>();
/** What the store does with batches of a symbol. */
function weatherFor(symbol: string): StoreWeather {
  const batch = underWay.get(symbol);
  return batch === undefined ? 'works' : weatherOf(batch);
}

function fail(): never {
  throw new ServiceError({ kind: 'database', reason: 'unavailable', message: 'the script says so' });
}

function withPoints(store: MarketDataStore): MarketDataStore {
  return {
    async insertMarketData(...call) {
      const weather = weatherFor(call[0].series.symbol);
      at('accepted');
      if (weather === 'fails') fail();
      const outcome = await store.insertMarketData(...call);
      at('stored');
      if (weather === 'applies and fails') fail();
      return outcome;
    },
    getMarketData: (...call) => store.getMarketData(...call),
    getStoredBars: (...call) => store.getStoredBars(...call),
    getBarTexts: (...call) => store.getBarTexts(...call),
    insertQuarantine: (...call) => store.insertQuarantine(...call),
    getQuarantine: (...call) => store.getQuarantine(...call),
    getBarHistory: (...call) => store.getBarHistory(...call),
    insertCollection: (...call) => store.insertCollection(...call),
    getCollections: (...call) => store.getCollections(...call),
  };
}

function spoolWithPoints(spool: BatchSpool): BatchSpool {
  return {
    open: () => spool.open(),
    async append(batch) {
      await spool.append(batch);
      at('spooled');
    },
    peek: (afterId) => spool.peek(afterId),
    async remove(id) {
      await spool.remove(id);
      at('removed');
    },
    isWaiting: (series) => spool.isWaiting(series),
    claimReplay: () => spool.claimReplay(),
    stats: () => spool.stats(),
    damaged: () => spool.damaged(),
    close: () => spool.close(),
  };
}

let migrating = false;
const clock: Clock = {
  now() {
    // The time is asked for between the statements of a migration and its record.
    if (migrating) at('migrating');
    return systemClock.now();
  },
  monotonic: () => systemClock.monotonic(),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
  random: () => systemClock.random(),
};

const manager = createDatabaseManager({ clock, clickhouse: { dataDirectory: plan.directory } });
await manager.connect();
migrating = true;
await manager.runMigrations();
migrating = false;

const databaseManager: DatabaseManager = {
  clickhouse: withPoints(manager.clickhouse),
  corporateActions: manager.corporateActions,
  redis: manager.redis,
  spool: spoolWithPoints(manager.spool),
  transfer: manager.transfer,
  maintenance: manager.maintenance,
  coverage: manager.coverage,
  healthChecks: manager.healthChecks,
  connect: () => manager.connect(),
  runMigrations: async () => [],
  close: () => manager.close(),
};

const service = createService({
  configProvider: createConfigurationProvider({
    sections,
    environmentPrefix: 'TEST_',
    environment: {
      TEST_SPOOL__PROBE_SECONDS: '0.005',
      TEST_SPOOL__MAX_PROBE_SECONDS: '0.02',
      TEST_SPOOL__REPLAY_BATCHES_PER_SECOND: '100000',
    },
  }),
  databaseManager,
  errorHandler: new ScriptedErrorHandler(),
  monitoring: new RecordingMonitoring(),
  clock,
  collector: new FakeCollector({ source: 'script', answers: ({ symbol }) => payloadOf(underWay.get(symbol) ?? 0) }),
});
await service.start();

const journal = openSync(plan.journal, 'a');
function write(line: JournalLine): void {
  writeSync(journal, `${JSON.stringify(line)}\n`);
  fsyncSync(journal);
}

/** Batches of different symbols that are collected at a time, so that the store joins them. */
const together = 3;

if (plan.patient) await emptySpool();
const first = firstBatch();
for (let from = first; from < first + plan.batches; from += together) {
  const group = Array.from({ length: Math.min(together, first + plan.batches - from) }, (_, i) => from + i);
  for (const batch of group) write({ begun: batch });
  for (const batch of group) underWay.set(symbolOf(batch), batch);
  await Promise.all(group.map(collect));
  // Lets the replay come to its end once in every eight batches, so that the next ones are stored without the spool.
  if (group.some((batch) => batch % 8 === 6)) await emptySpool();
}
await emptySpool();
const { entries: waiting, damaged } = await manager.spool.stats();
await service.stop();
await manager.close();
closeSync(journal);
if (plan.batches === 0) process.stdout.write(JSON.stringify({ ...stored(), waiting, damaged } satisfies FinalState));

async function collect(batch: number): Promise<void> {
  const result = await service.collectSymbolData(symbolOf(batch), 'daily');
  const { collectedCount: collected, stored, unchanged, duplicates, quarantined, spooled } = result;
  const accountedFor = stored + unchanged + duplicates + quarantined + spooled;
  write({ acknowledged: batch, collected, accountedFor, spooled });
}

async function emptySpool(): Promise<void> {
  underWay.clear();
  while ((await manager.spool.stats()).entries > 0) await systemClock.sleep(5);
}

/** The batch after the last one that was begun: none is collected twice. */
function firstBatch(): number {
  if (!existsSync(plan.journal)) return 0;
  const lines = readFileSync(plan.journal, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as JournalLine).filter((line) => 'begun' in line).length;
}

/** Every row of the tables, read past the store. */
function stored(): Pick<FinalState, 'bars' | 'quarantine'> {
  const session = new Session(join(plan.directory, 'clickhouse'));
  const rows = <Row>(sql: string): Row[] =>
    session
      .query(sql, 'JSONEachRow')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  return {
    bars: rows(`SELECT symbol, toString(session_date) AS day, toString(close) AS close FROM market_data.bars
      ORDER BY symbol, open_time, ingested_at`),
    quarantine: rows('SELECT symbol, label, low FROM market_data.quarantine'),
  };
}
