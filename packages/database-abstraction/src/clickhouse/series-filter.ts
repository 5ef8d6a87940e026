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
export function seriesKey(series: Series): string {
  return [series.symbol, series.interval, series.source, series.adjustment].join(' ');
}

const fields = ['symbol', 'interval', 'source', 'adjustment'] as const;

/**
 * The condition that selects several series, and with them any whose fields are all among theirs, which {@link placeAmong}
 * tells apart. A list of values for each field, because the engine plans and filters by lists of tuples three times as long.
 */
export function withFieldsOf(series: readonly Series[]): string {
  return fields.map((field) => `${field} IN (${[...valuesOf(series, field)].map(literal).join(', ')})`).join(' AND ');
}

/** Which of several different series a row is of, as a `UInt8`: its place among them, at most 255, or 255 for none. */
export function placeAmong(series: readonly Series[]): string {
  const places = `[${series.map((_, place) => place).join(', ')}]`;
  const telling = fields.filter((field) => valuesOf(series, field).size > 1);
  // Where series differ in one field that field tells them apart, and no text is made for each row.
  const [key, keyOf] =
    telling.length === 1
      ? [telling[0], (one: Series) => one[telling[0] as (typeof fields)[number]]]
      : [`concat(${fields.join(", ' ', ")})`, seriesKey];
  return `toUInt8(transform(${key}, [${series.map((one) => literal(keyOf(one))).join(', ')}], ${places}, 255))`;
}

function valuesOf(series: readonly Series[], field: (typeof fields)[number]): Set<string> {
  return new Set(series.map((one) => one[field]));
}
