import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { Decimal } from 'decimal.js';
import { DateTime } from 'luxon';
import { AnswersInMemory } from '../../measure/answers.ts';
import { barInterval } from '../../measure/bars.ts';
import type { Payload } from '../../measure/payload.ts';
import { source } from '../expected-row.ts';
import type { Route } from './route.ts';

interface Answer {
  readonly 'Meta Data': Readonly<Record<string, string>>;
  readonly [series: `Time Series (${string})`]: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Bar {
  readonly openTime: DateTime;
  readonly sessionDate: string;
  readonly values: readonly [open: Decimal, high: Decimal, low: Decimal, close: Decimal, volume: Decimal];
}

/**
 * The pipeline as a careful developer writes it with the same libraries: `JSON.parse`, an object a row, luxon for the time
 * zone, decimal.js for exact values and their rules, the newest versions read for comparison, and the official client's
 * `insert` of `JSONEachRow`, on the client that everyone with the embedded engine has.
 */
export function naiveRoute(client: ClickHouseClient, payload: Payload): Route {
  const answers = new AnswersInMemory();
  return {
    name: 'naive',
    prepare: async (symbols) => answers.fill(payload, symbols),
    run: async (symbols) => {
      for (const symbol of symbols) await ingest(client, symbol, answers.bodyOf(symbol));
    },
  };
}

async function ingest(client: ClickHouseClient, symbol: string, body: Uint8Array): Promise<void> {
  const answer = JSON.parse(new TextDecoder().decode(body)) as Answer;
  const metaData = answer['Meta Data'];
  const bars = new Map<number, Bar>();
  for (const [label, row] of Object.entries(answer[`Time Series (${barInterval})`] ?? {})) {
    const openTime = DateTime.fromSQL(label, { zone: metaData['6. Time Zone'] ?? 'UTC' });
    if (!openTime.isValid) throw new Error(`${label} is no time`);
    const decimal = (name: string): Decimal => new Decimal(row[name] ?? '');
    bars.set(openTime.toMillis(), {
      openTime,
      sessionDate: label.slice(0, 10),
      values: [decimal('1. open'), decimal('2. high'), decimal('3. low'), decimal('4. close'), decimal('5. volume')],
    });
  }
  const current = await currentVersions(client, symbol);
  const identity = { batch_id: randomUUID(), ingested_at: sqlTime(DateTime.utc()) };
  const rows = [];
  for (const [at, { openTime, sessionDate, values }] of [...bars].sort(([a], [b]) => a - b)) {
    const brokenRules = rulesBrokenBy(values);
    const score = 100 - brokenRules.reduce((sum, [, points]) => sum + points, 0);
    const known = current.get(at);
    if (score < 70 || known?.every((value, i) => value.equals(values[i] as Decimal))) continue;
    const [open, high, low, close, volume] = values.map((value) => value.toFixed());
    rows.push({
      ...{ symbol, interval: barInterval, source, adjustment: 'raw', ...identity, session_date: sessionDate },
      ...{ open_time: sqlTime(openTime.toUTC()), open, high, low, close, volume, bar_label: 'start' },
      ...{ quality_score: Math.max(0, score), broken_rules: brokenRules.map(([rule]) => rule) },
      last_refreshed: metaData['3. Last Refreshed'] ?? '',
    });
  }
  await client.insert({ table: 'market_data.bars', values: rows, format: 'JSONEachRow' });
}

function sqlTime(time: DateTime): string {
  return time.toFormat('yyyy-MM-dd HH:mm:ss.SSS');
}

async function currentVersions(client: ClickHouseClient, symbol: string): Promise<Map<number, readonly Decimal[]>> {
  const result = await client.query({
    query: `SELECT toUnixTimestamp64Milli(open_time) AS at, open, high, low, close, volume FROM market_data.bars
      WHERE symbol = {symbol:String} AND interval = {interval:String} AND source = {source:String}
      ORDER BY open_time, ingested_at DESC LIMIT 1 BY open_time`,
    query_params: { symbol, interval: barInterval, source },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ at: string } & Record<'open' | 'high' | 'low' | 'close' | 'volume', string>>();
  return new Map(
    rows.map(({ at, open, high, low, close, volume }) => [
      Number(at),
      [open, high, low, close, volume].map((value) => new Decimal(value)),
    ]),
  );
}

function rulesBrokenBy([open, high, low, close, volume]: Bar['values']): (readonly [rule: string, points: number])[] {
  const broken: (readonly [string, number])[] = [];
  if (high.lt(low)) broken.push(['high_below_low', 50]);
  if (open.lt(low) || open.gt(high)) broken.push(['open_outside_range', 20]);
  if (close.lt(low) || close.gt(high)) broken.push(['close_outside_range', 20]);
  if ([open, high, low, close].some((price) => price.lte(0))) broken.push(['non_positive_price', 50]);
  if (volume.lt(1000)) broken.push(['low_volume', 10]);
  if (open.gt(0) && close.minus(open).abs().div(open).times(100).gt(10)) broken.push(['excessive_deviation', 15]);
  return broken;
}
