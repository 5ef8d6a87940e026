import {
  type BarHistoryQuery,
  type BarJson,
  barJson,
  type Interval,
  intradayMilliseconds,
  parseSymbol,
  type StoredBar,
} from '@quantumtrade/shared-types';
import { DateTime } from 'luxon';
import { parseInterval } from '../collection/collection-request.ts';
import { activeSource } from '../vendors/registry.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseInstant, parseSource, refused } from './parse-options.ts';

export interface HistoryOptions {
  readonly interval: string;
  readonly at: string;
  readonly adjusted?: boolean;
  readonly source?: string;
  readonly json?: boolean;
}

/** `history <symbol>`: every version of one bar, oldest first. */
export async function history(
  application: Application,
  streams: Streams,
  symbol: string,
  options: HistoryOptions,
): Promise<ExitStatus> {
  const interval = parseInterval(options.interval);
  const bar = {
    symbol: parseSymbol(symbol),
    interval,
    source: parseSource(options.source ?? activeSource(application.configuration)),
    adjustment: options.adjusted === true ? ('adjusted' as const) : ('raw' as const),
    openTime: parseBarTime('--at', options.at, interval),
  };
  const versions = await versionsOf(application, options.source === undefined, bar);
  if (options.json === true) {
    await writeJsonArray(streams.out, versions);
  } else if (versions.length === 0) {
    const adjusted = options.adjusted === true ? ' adjusted' : '';
    const at = `${isoInstant(bar.openTime)} from ${bar.source}`;
    await note(streams.error, `no bar of ${bar.symbol} ${interval}${adjusted} opens at ${at}`);
  } else {
    await write(streams.out, versionTable(versions));
  }
  return exitStatus.succeeded;
}

async function versionsOf(
  { daemon, databaseManager }: Application,
  active: boolean,
  bar: BarHistoryQuery,
): Promise<VersionRow[]> {
  if (daemon !== undefined) {
    const { interval, source, adjustment, openTime } = bar;
    // Which source is active is for the daemon to say: it may have a key that this process has not.
    const asked = {
      ...{ interval, source: active ? undefined : source },
      ...{ adjusted: adjustment === 'adjusted', at: isoInstant(openTime) },
    };
    return await daemon.list(`/api/v1/bars/${encodeURIComponent(bar.symbol)}/history`, asked, { page: 10_000 });
  }
  await databaseManager.runMigrations();
  return (await databaseManager.clickhouse.getBarHistory(bar)).map(versionRow);
}

/** Days, weeks and months open at this zone's midnight. */
const sessionZone = 'America/New_York';

/**
 * The open time of a bar; a date alone is enough for daily bars and longer ones.
 *
 * @throws ServiceError, reason `invalidOption`.
 */
export function parseBarTime(option: string, text: string, interval: Interval): number {
  const byDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!byDate) return parseInstant(option, text) as number;
  if (intradayMilliseconds(interval) !== undefined) {
    throw refused(`${option} takes the instant a ${interval} bar opens, such as 2024-01-02T14:30:00Z`);
  }
  const midnight = DateTime.fromISO(text, { zone: sessionZone });
  if (!midnight.isValid) throw refused(`${option} takes a date such as 2024-01-02 or an ISO instant`);
  return midnight.toMillis();
}

/** A version as `history --json` prints it: a bar of `query --json`, and where it comes from. */
interface VersionRow extends BarJson {
  readonly brokenRules: readonly string[];
  readonly barLabel: string;
  readonly lastRefreshed: string | null;
  readonly batchId: string;
}

/** A version as `history --json` prints it. */
export function versionRow(bar: StoredBar): VersionRow {
  return {
    ...barJson(bar),
    brokenRules: bar.brokenRules,
    barLabel: bar.barLabel,
    lastRefreshed: bar.lastRefreshed ?? null,
    batchId: bar.batchId,
  };
}

function versionTable(versions: readonly VersionRow[]): string {
  const numbers = ['open', 'high', 'low', 'close', 'adjusted', 'volume', 'score'];
  const rows = versions.map((bar) => [
    bar.ingestedAt,
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
