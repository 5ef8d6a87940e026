import { randomUUID } from 'node:crypto';
import { createRedactor, systemClock } from '@quantumtrade/core-defaults';
import { Redacted } from '@quantumtrade/core-traits';
import {
  AlphaVantageCollector,
  QualityProcessor,
  unlimited,
  type VendorAnswer,
} from '@quantumtrade/market-data-ingestion';
import type { MadeBar } from '../measure/bars.ts';
import type { Engine } from '../measure/engine.ts';
import { lastRefreshed, vendorBody } from './vendor-body.ts';

/** One way from where it starts to stored rows. */
export interface Route {
  readonly name: string;
  /** Readies a round; not measured. */
  prepare(symbol: string): Promise<void>;
  /** The measured work. */
  run(symbol: string): Promise<void>;
  /** The table that must now hold the rows of the symbol. */
  readonly table: string;
}

/** From the bytes of the vendor's answer in memory to rows in the store, version check included. */
export function ourRoute(engine: Engine, bars: readonly MadeBar[]): Route {
  let answer: VendorAnswer;
  const collector = new AlphaVantageCollector({
    settings: {
      baseUrl: 'https://vendor.invalid/query',
      apiKey: new Redacted('a-key-of-the-benchmark'),
      source: 'benchmark',
      timeoutMs: 30_000,
      defaultOutputSize: 'full',
      barLabel: 'start',
      dataType: 'json',
    },
    quota: unlimited,
    http: { get: async () => answer, close: () => {} },
    clock: systemClock,
    redact: createRedactor(() => []),
  });
  const processor = new QualityProcessor({
    settings: {
      minQualityScore: 70,
      enableValidation: true,
      maxPriceDeviationPercent: 10,
      minVolumeThreshold: 1000,
      enableDeduplication: true,
    },
  });
  return {
    name: 'from response bytes',
    table: 'market_data.bars',
    prepare: async (symbol) => {
      answer = { status: 200, headers: { 'content-type': 'application/json' }, body: vendorBody(symbol, bars) };
    },
    run: async (symbol) => {
      const raw = await collector.fetchBars({ symbol, interval: '5min', adjusted: false, outputSize: 'full' });
      const { accepted } = processor.process(raw);
      const identity = { batchId: randomUUID(), acceptedAt: systemClock.now() };
      await engine.manager.clickhouse.insertMarketData(accepted, identity);
    },
  };
}

/** The engine's own limit: the same rows out of memory into the same kind of table, without a comparison. */
export async function engineRoute(engine: Engine, bars: readonly MadeBar[]): Promise<Route> {
  await engine.command('CREATE TABLE market_data.limit_source AS market_data.bars ENGINE = Memory');
  await engine.command('CREATE TABLE market_data.limit_memory AS market_data.bars ENGINE = Memory');
  await engine.command('CREATE TABLE market_data.limit_bars AS market_data.bars');
  const columns = 'symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high, low, close';
  const rows = bars.map(
    (bar) =>
      `('any','5min','benchmark','raw','${bar.openTime}','2024-06-03 20:00:00','${bar.label.slice(0, 10)}',` +
      `'${bar.open}','${bar.high}','${bar.low}','${bar.close}','${bar.volume}',${bar.qualityScore},'start','${randomUUID()}')`,
  );
  await engine.command(
    `INSERT INTO market_data.limit_source (${columns}, volume, quality_score, bar_label, batch_id) VALUES ${rows.join()}`,
  );
  await setLineage(engine);
  return {
    name: "engine's INSERT … SELECT",
    table: 'market_data.limit_bars',
    prepare: async (symbol) => {
      await engine.command('TRUNCATE TABLE market_data.limit_memory');
      await engine.command(
        `INSERT INTO market_data.limit_memory SELECT * REPLACE ('${symbol}' AS symbol, now64(3) AS ingested_at,
           toUUID('${randomUUID()}') AS batch_id) FROM market_data.limit_source`,
      );
    },
    run: () => engine.command('INSERT INTO market_data.limit_bars SELECT * FROM market_data.limit_memory'),
  };
}

/** The lineage that our route writes beside the values, where the table has columns for it. */
async function setLineage(engine: Engine): Promise<void> {
  const known = await engine.rows<{ name: string }>(
    "SELECT name FROM system.columns WHERE database = 'market_data' AND table = 'bars' AND name = 'last_refreshed'",
  );
  if (known.length === 0) return;
  await engine.command(
    `ALTER TABLE market_data.limit_source UPDATE last_refreshed = '${lastRefreshed}',
       broken_rules = if(quality_score = 90, ['low_volume'], []) WHERE 1`,
  );
}
