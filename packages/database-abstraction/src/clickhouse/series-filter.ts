import type { Series } from '@quantumtrade/shared-types';
import { literal } from '../engine/literal.ts';
import type { ConstantColumn, QueryParameters } from '../engine/sql-engine.ts';

/** The condition that selects one series, with {@link seriesParameters}. */
export const seriesCondition =
  'symbol = {symbol:String} AND interval = {interval:String} AND source = {source:String} AND adjustment = {adjustment:String}';

export function seriesParameters(series: Series): QueryParameters {
  const { symbol, interval, source, adjustment } = series;
  return { symbol, interval, source, adjustment };
}

/** The series as constant columns of an insert. */
export function seriesConstants(series: Series): Record<string, ConstantColumn> {
  const text = (value: string): ConstantColumn => ({ type: 'String', value });
  return {
    symbol: text(series.symbol),
    interval: text(series.interval),
    source: text(series.source),
    adjustment: text(series.adjustment),
  };
}

/** A text that names the series, for locks and maps. */
export function seriesKey({ symbol, interval, source, adjustment }: Series): string {
  return `${symbol} ${interval} ${source} ${adjustment}`;
}

const fields = ['symbol', 'interval', 'source', 'adjustment'] as const;

/**
 * The condition that selects several series. Lists of values, one for each field, where those select no others: the engine
 * plans and filters by lists of tuples three times as long.
 */
export function anyOf(series: readonly Series[]): string {
  const lists = fields.map((field) => [field, [...valuesOf(series, field)]] as const);
  const selected = lists.reduce((product, [, values]) => product * values.length, 1);
  if (selected === new Set(series.map(seriesKey)).size) {
    return lists.map(([field, values]) => `${field} IN (${values.map(literal).join(', ')})`).join(' AND ');
  }
  const tuples = series.map((one) => `(${fields.map((field) => literal(one[field])).join(', ')})`);
  return `(${fields.join(', ')}) IN (${tuples.join(', ')})`;
}

/** Which of several different series a row is of, as a `UInt8`: its place among them, of which there are 255 at most. */
export function placeAmong(series: readonly Series[]): string {
  const places = `[${series.map((_, place) => place).join(', ')}]`;
  const telling = fields.filter((field) => valuesOf(series, field).size > 1);
  // Where series differ in one field that field tells them apart, and no text is made for each row.
  const [key, keyOf] =
    telling.length === 1
      ? [telling[0], (one: Series) => one[telling[0] as (typeof fields)[number]]]
      : [`concat(${fields.join(", ' ', ")})`, seriesKey];
  const keys = series.map((one) => literal(keyOf(one))).join(', ');
  // What is made from a column of low cardinality is one too, which `toUInt8` would leave it.
  return `CAST(transform(${key}, [${keys}], ${places}, 255), 'UInt8')`;
}

function valuesOf(series: readonly Series[], field: (typeof fields)[number]): Set<string> {
  return new Set(series.map((one) => one[field]));
}

/**
 * The answers to questions about series, where a statement can ask one question a series: further ones about the same
 * series are asked by themselves.
 */
export async function askOncePerSeries<Query extends { readonly series: Series }, Answer>(
  queries: readonly Query[],
  ask: (queries: readonly Query[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const bySeries = new Map<string, Query>();
  for (const query of queries) if (!bySeries.has(seriesKey(query.series))) bySeries.set(seriesKey(query.series), query);
  const together = [...bySeries.values()];
  const answers = await ask(together);
  return await Promise.all(
    queries.map(async (query) => {
      const place = together.indexOf(query);
      return (place < 0 ? (await ask([query]))[0] : answers[place]) as Answer;
    }),
  );
}
