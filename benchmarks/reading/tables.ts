import type { Engine } from '../measure/engine.ts';

const key = 'symbol, interval, source, adjustment, open_time';
/** What a bar says: the columns that both tables have beside the key. */
export const values = 'session_date, open, high, low, close, adjusted_close, volume';

const symbols = 10;
const barsPerSymbol = 50_000;
const batchRows = 10_000;

/**
 * Fills our table and a plain one, which has the same key, values and types and nothing else, with the same bars in the
 * same batches, and merges both. Every fiftieth bar is corrected once when `corrections` are wanted; the plain table
 * then holds only the newest values, as one that is overwritten does.
 */
export async function fillTables(engine: Engine, corrections: boolean): Promise<void> {
  await engine.command('TRUNCATE TABLE market_data.bars');
  await engine.command('DROP TABLE IF EXISTS market_data.plain');
  await engine.command(`CREATE TABLE market_data.plain (
      symbol LowCardinality(String), interval LowCardinality(String), source LowCardinality(String),
      adjustment LowCardinality(String), open_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
      session_date Date32 CODEC(Delta, LZ4), open Decimal(38, 18), high Decimal(38, 18), low Decimal(38, 18),
      close Decimal(38, 18), adjusted_close Nullable(Decimal(38, 18)), volume Nullable(Decimal(38, 18))
    ) ENGINE = MergeTree ORDER BY (${key})`);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (let from = 0; from < barsPerSymbol; from += batchRows) {
      await insertBatch(engine, symbol, `SELECT number + ${from} AS n FROM numbers(${batchRows})`, corrections ? 2 : 1);
    }
    if (corrections) {
      const every50th = `SELECT number * 50 AS n FROM numbers(${barsPerSymbol / 50})`;
      await engine.command(lineageInsert(symbol, every50th, 1, '2024-02-01 00:00:00'));
    }
  }
  for (const table of ['bars', 'plain']) await engine.command(`OPTIMIZE TABLE market_data.${table} FINAL`);
}

async function insertBatch(engine: Engine, symbol: number, rows: string, version: number): Promise<void> {
  // With corrections the first version differs from the newest one, which is what the plain table has.
  await engine.command(lineageInsert(symbol, rows, version, '2024-01-01 00:00:00'));
  await engine.command(
    `INSERT INTO market_data.plain (${key}, ${values})
     SELECT ${keyOf(symbol)}, ${valuesOf(`if(n % 50 = 0, 1, ${version})`)} FROM (${rows})`,
  );
}

function lineageInsert(symbol: number, rows: string, version: number, at: string): string {
  return `INSERT INTO market_data.bars
      (${key}, ${values}, ingested_at, quality_score, bar_label, batch_id, last_refreshed, broken_rules)
    SELECT ${keyOf(symbol)}, ${valuesOf(String(version))}, toDateTime64('${at}', 3, 'UTC'), if(n % 10 = 9, 90, 100),
      'start', (SELECT generateUUIDv4()), '2024-01-01 19:55:00', if(n % 10 = 9, ['low_volume'], [])
    FROM (${rows})`;
}

function keyOf(symbol: number): string {
  return `'SYMBOL${symbol}', '1min', 'benchmark', 'raw', toDateTime64('2023-01-01 14:30:00', 3, 'UTC') + toIntervalMinute(n)`;
}

/** Prices of four decimals that wander, and volumes: as compressible as what vendors send. */
function valuesOf(version: string): string {
  const price = (salt: number): string =>
    `CAST(1800000 + toInt64(sin(n / 900) * 200000) + cityHash64(n, ${salt}) % 900 + ${version} AS Decimal(38, 18)) * toDecimal128('0.0001', 4)`;
  return `toDate32('2023-01-01') + intDiv(n, 1440), ${price(1)}, ${price(2)}, ${price(3)}, ${price(4)}, NULL,
    toDecimal128(1000 + cityHash64(n) % 900000, 18)`;
}
