import type { BarHistoryQuery, MarketDataQuery } from '@quantumtrade/shared-types';
import type { QueryParameters } from '../engine/sql-engine.ts';
import { barSelectList, periodExpression } from './bar-rows.ts';
import { seriesCondition, seriesParameters } from './series-filter.ts';

/** A statement and its parameters. */
export interface BoundQuery {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** What a `DateTime64(3)` can hold: 1900-01-01 to the end of 2299. Nothing is stored beyond. */
const [firstInstant, lastInstant] = [Date.UTC(1900, 0, 1), Date.UTC(2300, 0, 1) - 1];

/** An instant that was asked for, however far away, as one that the engine can compare with. */
function withinColumn(instant: number): number {
  return Math.min(Math.max(instant, firstInstant), lastInstant);
}

const instantOf = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;

/**
 * Reads the newest version of each bar, or the newest as of an instant, without the superseded ones; oldest bar first,
 * or newest first where the newest are asked for.
 */
export function currentBarsQuery(table: string, query: MarketDataQuery, selectList: string): BoundQuery {
  const { from, to, limit, asOf } = query;
  const asked = {
    ...(from === undefined ? {} : { from: withinColumn(Math.ceil(from)) }),
    ...(to === undefined ? {} : { to: withinColumn(Math.floor(to)) }),
    ...(asOf === undefined ? {} : { asOf: withinColumn(Math.floor(asOf)) }),
    ...(limit === undefined ? {} : { limit }),
  };
  const where = [
    seriesCondition,
    ...(from === undefined ? [] : [`open_time >= ${instantOf('from')}`]),
    ...(asOf === undefined ? [] : [`ingested_at <= ${instantOf('asOf')}`]),
  ].join(' AND ');
  const until = to === undefined ? '' : `open_time <= ${instantOf('to')}`;
  const period = periodExpression(query.interval);
  const limited = limit === undefined ? '' : 'LIMIT {limit:UInt64}';
  // The newest bars are read backwards, so that the engine can stop early; who asked turns them round.
  const direction = query.newest === true ? 'DESC' : 'ASC';
  const newest = (condition: string): string =>
    `SELECT * FROM ${table} WHERE ${condition} ORDER BY open_time, ingested_at DESC LIMIT 1 BY open_time`;
  const sql =
    period === undefined
      ? `SELECT ${selectList} FROM ${table} WHERE ${[where, ...(until === '' ? [] : [until])].join(' AND ')}
         ORDER BY open_time ${direction}, ingested_at DESC LIMIT 1 BY open_time ${limited}`
      : // What supersedes a row in the range may be after its end, so the end is applied last.
        `SELECT ${selectList} FROM (
           SELECT * FROM (${newest(where)}) ORDER BY session_date DESC, open_time DESC LIMIT 1 BY ${period}
         ) ${until === '' ? '' : `WHERE ${until}`} ORDER BY open_time ${direction} ${limited}`;
  return { sql, parameters: { ...seriesParameters(query), ...asked } };
}

/** Reads every version of one bar, oldest first. */
export function barHistoryQuery(table: string, query: BarHistoryQuery): BoundQuery {
  return {
    sql: `SELECT ${barSelectList} FROM ${table} WHERE ${seriesCondition} AND open_time = ${instantOf('openTime')}
      ORDER BY ingested_at`,
    parameters: { ...seriesParameters(query), openTime: withinColumn(query.openTime) },
  };
}
