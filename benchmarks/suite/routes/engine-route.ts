import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { barInterval, type MadeBar } from '../../measure/bars.ts';
import type { Engine } from '../../measure/engine.ts';
import { lastRefreshed } from '../../measure/payload.ts';
import { expectedRow, source } from '../expected-row.ts';
import type { Route } from './route.ts';

/** What our own inserts are sent with: a block is one part, and a repetition would be known by its token. */
export const insertSettings =
  'insert_deduplicate = 1, max_insert_threads = 1, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0';

const columns = `symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high, low, close,
  volume, quality_score, bar_label, batch_id, last_refreshed, broken_rules`;

/** The engine's own limit: the same rows out of memory into the same table, with the same settings and no comparison. */
export async function engineRoute(engine: Engine, bars: readonly MadeBar[], name: string): Promise<Route> {
  const [made, memory] = [`market_data.limit_source_${name}`, `market_data.limit_memory_${name}`];
  const file = join(engine.scratch, `limit-${name}.tsv`);
  const lines = bars.map((bar) => {
    const row = expectedRow(bar);
    return [new Date(bar.openTime).toISOString().slice(0, 19).replace('T', ' '), row.sessionDate, bar.open, bar.high]
      .concat([bar.low, bar.close, bar.volume, String(bar.qualityScore), row.brokenRules])
      .join('\t');
  });
  await writeFile(file, `${lines.join('\n')}\n`);
  for (const table of [made, memory]) {
    await engine.command(`CREATE TABLE ${table} AS market_data.bars ENGINE = Memory`);
  }
  await engine.command(
    `INSERT INTO ${made} (${columns})
     SELECT 'any', '${barInterval}', '${source}', 'raw', at, now64(3), day, open, high, low, close, volume, score, 'start',
       generateUUIDv4(), '${lastRefreshed}', if(rules = '', [], splitByChar(',', rules))
     FROM file('${file}', 'TSV', 'at DateTime(\\'UTC\\'), day Date32, open Decimal(38, 18), high Decimal(38, 18),
       low Decimal(38, 18), close Decimal(38, 18), volume Decimal(38, 18), score UInt8, rules String')`,
  );
  return {
    name: 'engine',
    prepare: async (symbols) => {
      await engine.command(`TRUNCATE TABLE ${memory}`);
      const list = symbols.map((symbol) => `('${symbol}', toUUID('${randomUUID()}'))`).join(', ');
      await engine.command(
        `INSERT INTO ${memory} SELECT * REPLACE (batch.1 AS symbol, now64(3) AS ingested_at, batch.2 AS batch_id)
         FROM ${made} ARRAY JOIN [${list}] AS batch`,
      );
    },
    run: async () =>
      await engine.command(
        `INSERT INTO market_data.bars SELECT * FROM ${memory}
         SETTINGS insert_deduplication_token = '${randomUUID()}', ${insertSettings}`,
      ),
    close: async () => {
      for (const table of [made, memory]) await engine.command(`DROP TABLE ${table} SYNC`);
      await rm(file);
    },
  };
}
