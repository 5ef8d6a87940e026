import { type MarketDataQuery, parseSymbol, type StoredBar } from '@quantumtrade/shared-types';
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
  const { databaseManager, configuration } = application;
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
  await databaseManager.runMigrations();
  const bars = await databaseManager.clickhouse.getStoredBars(request);
  if (options.json === true) {
    await writeJsonArray(streams.out, bars.map(barRow));
  } else if (bars.length === 0) {
    await note(streams.error, nothingStored(request, source === activeSource(configuration)));
  } else {
    await write(streams.out, barTable(bars));
  }
  if (request.asOf === undefined && (await databaseManager.spool.isWaiting(request))) {
    await note(streams.error, 'newer bars of this series wait in the spool: the next collect stores them');
  }
  return exitStatus.succeeded;
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

/** A bar as `query --json` prints it: instants in UTC, exact decimals as text. */
export function barRow(bar: StoredBar): Record<string, string | number | null> {
  return {
    symbol: bar.symbol,
    interval: bar.interval,
    source: bar.source,
    openTime: isoInstant(bar.openTime),
    sessionDate: bar.sessionDate,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    adjustedClose: bar.adjustedClose,
    volume: bar.volume,
    qualityScore: bar.qualityScore,
    ingestedAt: isoInstant(bar.ingestedAt),
  };
}

function barTable(bars: readonly StoredBar[]): string {
  const numbers = ['open', 'high', 'low', 'close', 'adjusted', 'volume', 'score'];
  const rows = bars.map((bar) => [
    isoInstant(bar.openTime),
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
