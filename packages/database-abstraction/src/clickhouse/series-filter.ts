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

/**
 * The condition that selects several series. Tuples, because a long chain of comparisons takes the engine several times
 * longer to plan.
 */
export function anyOf(series: readonly Series[]): string {
  const tuples = series.map(({ symbol, interval, source, adjustment }) =>
    [symbol, interval, source, adjustment].map(literal).join(', '),
  );
  return `(symbol, interval, source, adjustment) IN (${tuples.map((tuple) => `(${tuple})`).join(', ')})`;
}

/** Which of several different series a row is of, as a `UInt8`: its place among them, of which there are 255 at most. */
export function placeAmong(series: readonly Series[]): string {
  const keys = series.map((one) => literal(seriesKey(one))).join(', ');
  const key = "concat(symbol, ' ', interval, ' ', source, ' ', adjustment)";
  return `toUInt8(transform(${key}, [${keys}], [${series.map((_, place) => place).join(', ')}], 255))`;
}
