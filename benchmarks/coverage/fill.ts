import { randomUUID } from 'node:crypto';
import { calendarOf } from '@quantumtrade/market-calendar';
import type { Engine } from '../measure/engine.ts';

/** What {@link fillStore} stores: 10.2 million minutes less every five-hundredth. */
export const filled = { symbols: 100, from: '2023-01-03', to: '2024-01-18' } as const;

/** Of the last symbol one session a month is missing that no answer has covered. */
const holes = filled.symbols - 1;

/** Minutes of the sessions of a year for many symbols, with the records of the months that brought them. */
export async function fillStore({ manager, command }: Engine): Promise<void> {
  const sessions = calendarOf('XNYS').sessions(filled);
  const months = Map.groupBy(sessions, ({ date }) => date.slice(0, 7));
  for (let number = 0; number < filled.symbols; number++) {
    const symbol = `SYMBOL${number}`;
    const acceptedAt = Date.UTC(2024, 1, 1);
    const rows: string[] = [];
    for (const [month, days] of months) {
      const batchId = randomUUID();
      const stored = number === holes ? days.slice(1) : days;
      for (const { open, close, date } of stored)
        rows.push(`(${open}, ${(close - open) / 60_000}, '${date}', '${batchId}')`);
      const [first, last] = [stored[0], stored.at(-1)];
      await manager.clickhouse.insertCollection({
        ...{ symbol, interval: '1min', source: 'benchmark', adjustment: 'raw', batchId, acceptedAt },
        ...{ recordedAt: acceptedAt, outcome: 'stored', durationMs: 1, collectedCount: 0, processedCount: 0 },
        ...{ cachedCount: 0, stored: 0, unchanged: 0, duplicates: 0, quarantined: 0, spooled: 0, qualityScore: 100 },
        ...{ firstOpenTime: first?.open, lastOpenTime: (last?.close ?? 0) - 60_000 },
        ...(number === holes ? {} : { month }),
      });
    }
    await command(
      `INSERT INTO market_data.bars (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open,
         high, low, close, volume, quality_score, bar_label, batch_id)
       SELECT '${symbol}', '1min', 'benchmark', 'raw', at, toDateTime64('2024-02-01 00:00:00', 3, 'UTC'), toDate32(day), price,
         price, price, price, 1000 + minute, 100, 'start', toUUID(batch)
       FROM (
         SELECT row.3 AS day, row.4 AS batch, arrayJoin(range(toUInt32(row.2))) AS minute,
           fromUnixTimestamp64Milli(row.1 + minute * 60000, 'UTC') AS at, toDecimal128(100 + minute / 100, 18) AS price
         FROM (SELECT arrayJoin([${rows.join(', ')}]) AS row)
       ) WHERE cityHash64(at, '${symbol}') % 500 != 0`,
    );
  }
}
