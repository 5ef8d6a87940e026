import type { SeriesFunction } from './functions.ts';
import type { RenderedSeries } from './render/rendered-series.ts';
import { seriesCsv } from './render/series-csv.ts';
import { seriesJson } from './render/series-json.ts';
import { csvResponse, jsonTextResponse } from './responses.ts';
import type { SandboxResponse } from './sandbox-types.ts';
import { dayText } from './series/civil-day.ts';
import { dailyRows } from './series/daily-rows.ts';
import { intradayRows } from './series/intraday-rows.ts';
import { createListing } from './series/listing.ts';
import { newYorkTime, utcTime } from './series/new-york-time.ts';
import type { Row } from './series/row.ts';
import type { SeriesQuery } from './series-query.ts';

/** What a series answer depends on, and all it depends on. */
export interface SeriesAnswerRequest {
  readonly seed: string;
  readonly target: SeriesFunction;
  readonly query: SeriesQuery;
  /** Milliseconds UTC. */
  readonly now: number;
  /** The answer's shape without a single bar. */
  readonly empty?: boolean;
}

const COMPACT_ROWS = 100;

/** The vendor's answer to a good request, in the format asked for. */
export function seriesAnswer(request: SeriesAnswerRequest): SandboxResponse {
  const { target, query } = request;
  const rows = request.empty === true ? [] : rowsOf(request);
  const series: RenderedSeries = {
    metaData: metaDataOf(request, rows),
    seriesKey: named(target.seriesKey, query),
    columns: target.columns,
    rows,
  };
  return query.csv
    ? csvResponse(seriesCsv(series), `${named(target.fileName, query)}_${query.symbol}.csv`)
    : jsonTextResponse(seriesJson(series));
}

function rowsOf({ seed, target, query, now }: SeriesAnswerRequest): readonly Row[] {
  const listing = createListing(seed, query.quote === undefined ? query.symbol : `${query.symbol}/${query.quote}`);
  const time = target.pair === undefined ? newYorkTime(now) : utcTime(now);
  if (target.kind === 'intraday') {
    return intradayRows(listing, query, time);
  }
  return dailyRows(listing, {
    period: target.kind === 'daily' ? 'day' : target.period,
    adjusted: target.adjusted,
    now: time,
    limit: query.full ? Number.POSITIVE_INFINITY : COMPACT_ROWS,
  });
}

function metaDataOf(
  { target, query, now }: SeriesAnswerRequest,
  rows: readonly Row[],
): readonly (readonly [string, string])[] {
  const outputSize = query.full ? 'Full size' : 'Compact';
  if (target.pair !== undefined) return pairMetaData(target, query, rows[0]?.label ?? dayText(utcTime(now).day));
  return [
    ['Information', named(target.information, query)],
    ['Symbol', query.symbol],
    ['Last Refreshed', rows[0]?.label ?? dayText(newYorkTime(now).day)],
    ...(target.kind === 'intraday' ? [['Interval', query.interval] as const] : []),
    ...(target.kind === 'period' ? [] : [['Output Size', outputSize] as const]),
    ['Time Zone', 'US/Eastern'],
  ];
}

/** The vendor's meta data of pairs, each kind in an order of its own. */
function pairMetaData(
  target: SeriesFunction,
  query: SeriesQuery,
  refreshed: string,
): readonly (readonly [string, string])[] {
  const { symbol, quote = '', interval } = query;
  const information = ['Information', named(target.information, query)] as const;
  const size = ['Output Size', query.full ? 'Full size' : 'Compact'] as const;
  const zone = ['Time Zone', 'UTC'] as const;
  const intraday = target.kind === 'intraday';
  if (target.pair === 'fx') {
    const sides = [['From Symbol', symbol] as const, ['To Symbol', quote] as const];
    const last = ['Last Refreshed', refreshed] as const;
    if (intraday) return [information, ...sides, last, ['Interval', interval], size, zone];
    return target.kind === 'daily' ? [information, ...sides, size, last, zone] : [information, ...sides, last, zone];
  }
  const sides = [
    ['Digital Currency Code', symbol],
    ['Digital Currency Name', symbol],
    ['Market Code', quote],
    ['Market Name', quote],
  ] as const;
  const last = ['Last Refreshed', refreshed] as const;
  return intraday
    ? [information, ...sides, last, ['Interval', interval], size, zone]
    : [information, ...sides, last, zone];
}

function named(text: string, query: SeriesQuery): string {
  return text.replace('{interval}', query.interval);
}
