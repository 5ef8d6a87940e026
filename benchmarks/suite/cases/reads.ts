import { barInterval } from '../../measure/bars.ts';
import type { Engine } from '../../measure/engine.ts';
import { mergesOver } from '../../measure/merges.ts';
import { source } from '../expected-row.ts';
import type { Lab } from '../lab.ts';
import type { Timed } from './timed.ts';

export interface ReadsOptions {
  /** The name of the case, such as `reads over 1M`. */
  readonly case: string;
  readonly stored: number;
  /** Reads of each kind. */
  readonly reads: number;
}

const symbols = 1000;
const minute = 60_000;
const first = Date.UTC(2020, 0, 1);
/** Rows of one insert of the filling. */
const portion = 5_000_000;
const page = 500;
/** Reads that are not counted: a service that has run for a while has its indexes and files at hand. */
const warmUp = 100;

/**
 * Reads single series out of many: the newest bar of series that were not asked for before, then of the same ones again, and
 * 500 bars in the middle. The series of each read is another one, also than those of the reads that are not counted; what
 * comes back is checked.
 *
 * @throws RangeError for more reads than there are series.
 */
export async function reads({ engine }: Lab, options: ReadsOptions): Promise<Timed[]> {
  if (warmUp + options.reads > symbols)
    throw new RangeError(`${symbols} series are too few for ${options.reads} reads`);
  await fillStored(engine, options.stored);
  await mergesOver(engine);
  const each = Math.ceil(options.stored / symbols);
  const store = engine.manager.clickhouse;
  const series = (read: number) =>
    ({ symbol: `READ${(read * 37) % symbols}`, interval: barInterval, source, adjustment: 'raw' }) as const;
  const last = first + (each - 1) * minute;
  const latest = async (read: number): Promise<void> => {
    check(await store.getStoredBars({ ...series(read), limit: 1, newest: true }), 1, last);
  };
  const from = first + Math.floor(each / 2) * minute;
  const rows = Math.min(page, Math.ceil(each / 2));
  const range = async (read: number): Promise<void> =>
    check(await store.getStoredBars({ ...series(read), from, limit: rows }), rows, from);
  const found: Timed[] = [];
  for (const [route, read, count] of [
    ['latest of one series, first time', latest, 1],
    ['latest of one series, again', latest, 1],
    [`${rows} bars of one series`, range, rows],
  ] as const) {
    const milliseconds: number[] = [];
    for (let i = -warmUp; i < options.reads; i++) {
      const began = performance.now();
      await read(i + warmUp);
      if (i >= 0) milliseconds.push(performance.now() - began);
    }
    found.push({ case: options.case, route, rows: count, milliseconds });
  }
  await engine.command('TRUNCATE TABLE market_data.bars');
  return found;
}

/**
 * Empties the table of bars and puts so many into it, of a thousand symbols. It goes past the store, which would tell the
 * newest bar of a series from memory if it was asked for it before.
 */
export async function fillStored(engine: Engine, rows: number): Promise<void> {
  await engine.command('TRUNCATE TABLE market_data.bars');
  if (rows === 0) return;
  const each = Math.ceil(rows / symbols);
  const symbolsAtOnce = Math.max(1, Math.floor(portion / each));
  for (let from = 0; from < symbols; from += symbolsAtOnce) {
    const count = Math.min(symbolsAtOnce, symbols - from);
    const price = (salt: number): string =>
      `CAST(1800000 + toInt64(sin(n / 900) * 200000) + cityHash64(n, ${salt}) % 900 AS Decimal(38, 18)) * toDecimal128('0.0001', 4)`;
    await engine.command(
      `INSERT INTO market_data.bars (symbol, interval, source, adjustment, open_time, ingested_at, session_date, open, high,
         low, close, volume, quality_score, bar_label, batch_id)
       SELECT concat('READ', toString(${from} + intDiv(number, ${each}))), '${barInterval}', '${source}', 'raw',
         fromUnixTimestamp64Milli(${first} + n * ${minute}, 'UTC'), now64(3), toDate32('2020-01-01') + intDiv(n, 1440),
         ${price(1)}, ${price(2)}, ${price(3)}, ${price(4)}, toDecimal128(1000 + cityHash64(n) % 900000, 18), 100, 'start',
         (SELECT generateUUIDv4())
       FROM (SELECT number, toInt64(number % ${each}) AS n FROM numbers(${count * each}))`,
    );
  }
}

/** @throws Error when other bars were read than were asked for. */
function check(bars: readonly { readonly openTime: number }[], count: number, firstOpen: number): void {
  if (bars.length === count && bars[0]?.openTime === firstOpen) return;
  throw new Error(`a read gave ${bars.length} bars from ${bars[0]?.openTime} on and not ${count} from ${firstOpen} on`);
}
