import { type Interval, intradayMilliseconds, parseSymbol, type StoredBar } from '@quantumtrade/shared-types';
import { DateTime } from 'luxon';
import { parseInterval } from '../collection/collection-request.ts';
import { activeSource } from '../vendors/registry.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseInstant, parseSource, refused } from './parse-options.ts';
import { barRow } from './query.ts';

export interface HistoryOptions {
  readonly interval: string;
  readonly at: string;
  readonly adjusted?: boolean;
  readonly source?: string;
  readonly json?: boolean;
}

/** `history <symbol>`: every version of one bar, oldest first. */
export async function history(
  { databaseManager, configuration }: Application,
  streams: Streams,
  symbol: string,
  options: HistoryOptions,
): Promise<ExitStatus> {
  const interval = parseInterval(options.interval);
  const bar = {
    symbol: parseSymbol(symbol),
    interval,
    source: parseSource(options.source ?? activeSource(configuration)),
    adjustment: options.adjusted === true ? ('adjusted' as const) : ('raw' as const),
    openTime: parseBarTime(options.at, interval),
  };
  await databaseManager.runMigrations();
  const versions = await databaseManager.clickhouse.getBarHistory(bar);
  if (options.json === true) {
    await writeJsonArray(streams.out, versions.map(versionRow));
  } else if (versions.length === 0) {
    const adjusted = options.adjusted === true ? ' adjusted' : '';
    const at = `${isoInstant(bar.openTime)} from ${bar.source}`;
    await note(streams.error, `no bar of ${bar.symbol} ${interval}${adjusted} opens at ${at}`);
  } else {
    await write(streams.out, versionTable(versions));
  }
  return exitStatus.succeeded;
}

/** Days, weeks and months open at this zone's midnight. */
const sessionZone = 'America/New_York';

/** The open time of a bar; a date alone is enough for daily bars and longer ones. */
function parseBarTime(text: string, interval: Interval): number {
  const byDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!byDate) return parseInstant('--at', text) as number;
  if (intradayMilliseconds(interval) !== undefined) {
    throw refused(`--at takes the instant a ${interval} bar opens, such as 2024-01-02T14:30:00Z`);
  }
  const midnight = DateTime.fromISO(text, { zone: sessionZone });
  if (!midnight.isValid) throw refused('--at takes a date such as 2024-01-02 or an ISO instant');
  return midnight.toMillis();
}

/** A version as `history --json` prints it: a bar of `query --json`, and where it comes from. */
function versionRow(bar: StoredBar): Record<string, unknown> {
  return {
    ...barRow(bar),
    brokenRules: bar.brokenRules,
    barLabel: bar.barLabel,
    lastRefreshed: bar.lastRefreshed ?? null,
    batchId: bar.batchId,
  };
}

function versionTable(versions: readonly StoredBar[]): string {
  const numbers = ['open', 'high', 'low', 'close', 'adjusted', 'volume', 'score'];
  const rows = versions.map((bar) => [
    isoInstant(bar.ingestedAt),
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    bar.adjustedClose ?? '',
    bar.volume ?? '',
    String(bar.qualityScore),
    bar.brokenRules.join(', '),
    bar.lastRefreshed ?? '',
    bar.batchId,
  ]);
  return table(['stored (UTC)', ...numbers, 'broken rules', 'last refreshed', 'batch'], rows, numbers);
}
