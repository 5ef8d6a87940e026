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
import { newYorkTime } from './series/new-york-time.ts';
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
  const listing = createListing(seed, query.symbol);
  const time = newYorkTime(now);
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
  return [
    ['Information', named(target.information, query)],
    ['Symbol', query.symbol],
    ['Last Refreshed', rows[0]?.label ?? dayText(newYorkTime(now).day)],
    ...(target.kind === 'intraday' ? [['Interval', query.interval] as const] : []),
    ...(target.kind === 'period' ? [] : [['Output Size', outputSize] as const]),
    ['Time Zone', 'US/Eastern'],
  ];
}

function named(text: string, query: SeriesQuery): string {
  return text.replace('{interval}', query.interval);
}
