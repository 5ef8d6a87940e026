import type { Series } from '@quantumtrade/shared-types';
import { literal, typedLiteral } from '../engine/literal.ts';
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

/** The same condition with the series written into it, for statements about several of them. */
export function literalCondition(series: Series): string {
  return Object.entries(seriesParameters(series))
    .map(([name, value]) => `${name} = ${literal(String(value))}`)
    .join(' AND ');
}

/** An instant in milliseconds since the Unix epoch (UTC) as an expression. */
export function literalInstant(milliseconds: number): string {
  return `fromUnixTimestamp64Milli(${typedLiteral(milliseconds, 'Int64')}, 'UTC')`;
}
