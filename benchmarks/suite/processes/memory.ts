/**
 * Stores many bars and tells how much memory that took: `memory.ts engine|service <bars> <batch> <address of the vendor>`.
 */
import { barInterval } from '../../measure/bars.ts';
import { openEngine } from '../../measure/engine.ts';
import type { Footprint } from '../cases/memory.ts';
import { source } from '../expected-row.ts';
import { insertSettings } from '../routes/engine-route.ts';
import { serviceOverHttp } from '../subject.ts';

const [what, bars, batch, vendorUrl] = process.argv.slice(2) as [string, string, string, string];
const batches = Math.ceil(Number(bars) / Number(batch));
const afterBatch: number[] = [];

const engine = await openEngine();
try {
  if (what === 'engine') await byEngine();
  else await byService();
  const [stored] = await engine.rows<{ rows: string }>('SELECT count() AS rows FROM market_data.bars');
  if (Number(stored?.rows) !== batches * Number(batch))
    throw new Error(`${what}: only ${stored?.rows} rows are stored`);
  const footprint: Footprint = { peak: process.resourceUsage().maxRSS * 1024, afterBatch };
  process.send?.(footprint);
} finally {
  await engine.close();
}

async function byEngine(): Promise<void> {
  await engine.command('CREATE TABLE market_data.limit_memory AS market_data.bars ENGINE = Memory');
  await engine.command(
    `INSERT INTO market_data.limit_memory (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open,
       high, low, close, volume, quality_score, bar_label, batch_id)
     SELECT 'any', '${barInterval}', '${source}', 'raw', toDateTime64('2024-04-01 04:00:00', 3, 'UTC') + toIntervalMinute(number),
       now64(3), toDate32('2024-04-01') + intDiv(number, 1440), 190, 191, 189, 190, number, 100, 'start',
       (SELECT generateUUIDv4()) FROM numbers(${batch})`,
  );
  for (let i = 0; i < batches; i++) {
    await engine.command(
      `INSERT INTO market_data.bars SELECT * REPLACE ('M${i}' AS symbol) FROM market_data.limit_memory
       SETTINGS ${insertSettings}`,
    );
    afterBatch.push(process.memoryUsage.rss());
  }
}

async function byService(): Promise<void> {
  const service = await serviceOverHttp(engine.manager, vendorUrl);
  for (let i = 0; i < batches; i++) {
    await service.collectSymbolData(`M${i}`, barInterval);
    afterBatch.push(process.memoryUsage.rss());
  }
  await service.stop();
}
