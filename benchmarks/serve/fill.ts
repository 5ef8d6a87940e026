import { openEngine } from '../measure/engine.ts';

/** How many series the stored bars are spread over. */
export const storedSymbols = 100;

/** When the first of them opens; one a minute follows. */
export const firstOpenTime: number = Date.UTC(2023, 0, 2, 14, 30);

/** The name of a series that is stored before the daemon starts. */
export function storedSymbol(at: number): string {
  return `STORED${at}`;
}

/** Puts so many one-minute bars into a data directory that no other process uses, in merged parts. */
export async function fill(dataDirectory: string, bars: number): Promise<void> {
  const engine = await openEngine(dataDirectory);
  try {
    const each = Math.ceil(bars / storedSymbols);
    for (let symbol = 0; symbol < storedSymbols; symbol += 1) {
      await engine.command(`INSERT INTO market_data.bars
          (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high, low, close,
           adjusted_close, volume, quality_score, bar_label, batch_id, last_refreshed, broken_rules)
        SELECT '${storedSymbol(symbol)}', '1min', 'alpha_vantage', 'raw',
          fromUnixTimestamp64Milli(toInt64(${firstOpenTime} + number * 60000), 'UTC'),
          toDateTime64('2024-01-01 00:00:00', 3, 'UTC'), toDate32('2023-01-02') + intDiv(number, 1440),
          ${[1, 2, 3, 4].map((salt) => priceOf(symbol * 10 + salt)).join(', ')}, NULL,
          toDecimal128(1000 + cityHash64(number) % 900000, 18), 100, 'start',
          (SELECT generateUUIDv4()), '2023-12-29 19:55:00', []
        FROM numbers(${each})`);
    }
    await engine.command('OPTIMIZE TABLE market_data.bars FINAL');
  } finally {
    await engine.close();
  }
}

/** Prices of four decimals that wander: as compressible as what vendors send. */
function priceOf(salt: number): string {
  return `CAST(1800000 + toInt64(sin(number / 900) * 200000) + cityHash64(number, ${salt}) % 900 AS Decimal(38, 18))
    * toDecimal128('0.0001', 4)`;
}
