import { type BarJson, barJson, type MarketDataQuery, parseSymbol } from '@quantumtrade/shared-types';
import { parseInterval } from '../collection/collection-request.ts';
import { activeSource } from '../vendors/registry.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseInstant, parseLimit, parseSource } from './parse-options.ts';

export interface QueryOptions {
  readonly interval: string;
  readonly adjusted?: boolean;
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** `query <symbol>`: the newest version of each stored bar, or that of an instant, oldest bar first. */
export async function query(
  application: Application,
  streams: Streams,
  symbol: string,
  options: QueryOptions,
): Promise<ExitStatus> {
  const { configuration, daemon, databaseManager } = application;
  const source = options.source ?? activeSource(configuration);
  const request = {
    symbol: parseSymbol(symbol),
    interval: parseInterval(options.interval),
    source: parseSource(source),
    adjustment: options.adjusted === true ? ('adjusted' as const) : ('raw' as const),
    from: parseInstant('--from', options.from),
    to: parseInstant('--to', options.to),
    limit: parseLimit(options.limit),
    asOf: parseInstant('--as-of', options.asOf),
  };
  const bars = await barsOf(application, options.source === undefined, request);
  if (options.json === true) {
    await writeJsonArray(streams.out, bars);
  } else if (bars.length === 0) {
    await note(streams.error, nothingStored(request, source === activeSource(configuration)));
  } else {
    await write(streams.out, barTable(bars));
  }
  // A daemon stores what waits by itself.
  if (daemon === undefined && request.asOf === undefined && (await databaseManager.spool.isWaiting(request))) {
    await note(streams.error, 'newer bars of this series wait in the spool: the next collect stores them');
  }
  return exitStatus.succeeded;
}

async function barsOf(
  { daemon, databaseManager }: Application,
  active: boolean,
  query: MarketDataQuery,
): Promise<BarJson[]> {
  if (daemon === undefined) {
    await databaseManager.runMigrations();
    return (await databaseManager.clickhouse.getStoredBars(query)).map(barJson);
  }
  const { symbol, interval, source, adjustment, from, to, limit, asOf } = query;
  const instant = (value: number | undefined): string | undefined => (value === undefined ? value : isoInstant(value));
  return await daemon.list<BarJson>(
    `/api/v1/bars/${encodeURIComponent(symbol)}`,
    {
      interval,
      adjusted: adjustment === 'adjusted',
      // Which source is active is for the daemon to say: it may have a key that this process has not.
      source: active ? undefined : source,
      from: instant(from),
      to: instant(to),
      asOf: instant(asOf),
    },
    { limit, page: 10_000 },
  );
}

/** What to do where there is nothing to read. */
function nothingStored(query: MarketDataQuery, active: boolean): string {
  const { symbol, interval, source, adjustment, from, to, asOf } = query;
  const adjusted = adjustment === 'adjusted' ? ' --adjusted' : '';
  const range = from === undefined && to === undefined ? '' : ' in that range';
  const then = asOf === undefined ? '' : ` as of ${isoInstant(asOf)}`;
  const next = active ? `; collect it with: market-data collect ${symbol} --interval ${interval}${adjusted}` : '';
  return `nothing is stored for ${symbol} ${interval}${adjusted === '' ? '' : ' adjusted'} from ${source}${range}${then}${next}`;
}

function barTable(bars: readonly BarJson[]): string {
  const numbers = ['open', 'high', 'low', 'close', 'adjusted', 'volume', 'score'];
  const rows = bars.map((bar) => [
    bar.openTime,
    bar.sessionDate,
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    bar.adjustedClose ?? '',
    bar.volume ?? '',
    String(bar.qualityScore),
  ]);
  return table(['open time (UTC)', 'session', ...numbers], rows, numbers);
}
