import { ServiceError } from '@quantumtrade/core-traits';
import type { CoverageRow } from '@quantumtrade/shared-types';
import { parseInterval } from '../collection/collection-request.ts';
import { coverageSection } from '../configuration/collection-sections.ts';
import type { CoverageGap, GapRequest } from '../coverage/coverage-gaps.ts';
import { distinctRequests } from '../coverage/coverage-gaps.ts';
import type { CoverageQuery } from '../coverage/coverage-ledger.ts';
import { createCoverage } from '../coverage/create-coverage.ts';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { activeSource } from '../vendors/registry.ts';
import { openAccount } from './account.ts';
import { costOf, costText } from './backfill.ts';
import type { Application } from './composition.ts';
import { type CoverageJson, coverageOf, coverageRow, type GapJson, gapOf, gapRow } from './coverage-rows.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { heatMap } from './heat-map.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseSource } from './parse-options.ts';

export interface CoverageOptions {
  readonly interval: string;
  readonly adjusted?: boolean;
  readonly source?: string;
  readonly from: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `coverage [symbol…]`: what is known of each session. Asks no vendor. */
export async function coverage(
  application: Application,
  streams: Streams & { readonly colour: boolean },
  symbols: readonly string[],
  options: CoverageOptions,
): Promise<ExitStatus> {
  const { configuration } = application;
  const source = parseSource(options.source ?? activeSource(configuration));
  const query = { ...queryOf(application, symbols, options), source };
  const rows = await rowsOf(application, query, options);
  if (options.json === true) await writeJsonArray(streams.out, rows.map(coverageRow));
  else if (rows.length === 0) await note(streams.error, nothingKnown(query));
  else await write(streams.out, heatMap(rows, streams.colour));
  return await statusOf(application, streams, 'sessions', rows);
}

/** `gaps [symbol…]`: pending sessions, and what each hole would cost in calls. Asks no vendor. */
export async function gaps(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: CoverageOptions,
): Promise<ExitStatus> {
  const { choice, configuration } = application;
  const query = { ...queryOf(application, symbols, options), source: activeSource(configuration, choice) };
  const holes = await holesOf(application, query, options);
  if (options.json === true) await writeJsonArray(streams.out, holes.map(gapRow));
  else if (holes.length === 0) await note(streams.error, 'no session is pending');
  else {
    await write(streams.out, gapTable(holes));
    await write(streams.out, await totalText(application, holes));
  }
  return await statusOf(application, streams, 'gaps', holes);
}

async function rowsOf(
  application: Application,
  query: CoverageQuery,
  options: CoverageOptions,
): Promise<CoverageRow[]> {
  const { daemon, configuration, databaseManager, clock } = application;
  if (daemon !== undefined) return (await askFor<CoverageJson>(daemon, 'coverage', query, options)).map(coverageOf);
  await databaseManager.runMigrations();
  const ledger = createCoverage({ configProvider: configuration, databaseManager, clock });
  return await ledger.coverage(query);
}

async function holesOf(
  application: Application,
  query: CoverageQuery,
  options: CoverageOptions,
): Promise<CoverageGap[]> {
  const { daemon, databaseManager } = application;
  if (daemon !== undefined) return (await askFor<GapJson>(daemon, 'gaps', query, options)).map(gapOf);
  await databaseManager.runMigrations();
  return await application.service().gaps(query);
}

/** How many symbols one request may name. */
const symbolsAtOnce = 100;

async function askFor<Row>(
  daemon: DaemonClient,
  what: 'coverage' | 'gaps',
  { adjustment, symbols, source: chosen, ...rest }: CoverageQuery,
  options: CoverageOptions,
): Promise<Row[]> {
  // Which source is active is for the daemon to say: it may have a key that this process has not.
  const source = options.source === undefined ? undefined : chosen;
  const rows: Row[] = [];
  for (let at = 0; at < (symbols?.length ?? 1); at += symbolsAtOnce) {
    const asked = {
      ...rest,
      source,
      symbols: symbols?.slice(at, at + symbolsAtOnce),
      adjusted: adjustment === 'adjusted',
    };
    for (const row of await daemon.list<Row>(`/api/v1/${what}`, asked, { page: 10_000 })) rows.push(row);
  }
  return rows;
}

function queryOf(
  { clock }: Application,
  symbols: readonly string[],
  { interval, adjusted = false, from, to = isoInstant(clock.now()).slice(0, 10) }: CoverageOptions,
): Omit<CoverageQuery, 'source'> {
  // What is no date is refused by the calendar, which says so.
  if (/^\d{4}-\d{2}-\d{2}$/.test(from) && from > to) {
    const message = `--from ${from} is after --to ${to}`;
    throw new ServiceError({ kind: 'configuration', reason: 'invalidOption', message });
  }
  return {
    symbols: symbols.length === 0 ? undefined : symbols,
    interval: parseInterval(interval),
    adjustment: adjusted ? 'adjusted' : 'raw',
    from,
    to,
  };
}

/** What is pending for too long is a failure that somebody has to look at. */
async function statusOf(
  { configuration }: Application,
  { error }: Streams,
  what: string,
  found: readonly { readonly overdue: boolean }[],
): Promise<ExitStatus> {
  const late = found.filter(({ overdue }) => overdue).length;
  if (late === 0) return exitStatus.succeeded;
  const { max_pending_days: days } = configuration.getConfigSection(coverageSection);
  await note(error, `failure: pending for more than ${days} days (coverage.max_pending_days): ${late} ${what}`);
  return exitStatus.failed;
}

function nothingKnown({ symbols, interval, source, from, to }: CoverageQuery): string {
  if (symbols === undefined) return `no ${interval} bar is stored from ${source}: name the symbols to look at`;
  return `no session has closed from ${from} to ${to}`;
}

function gapTable(holes: readonly CoverageGap[]): string {
  const numbers = ['sessions', 'missing', 'calls'];
  const rows = holes.map((gap) => [
    gap.symbol,
    `${gap.interval}${gap.adjustment === 'adjusted' ? ' adjusted' : ''}`,
    gap.firstSession,
    gap.lastSession,
    ...[gap.sessions, gap.missing, gap.calls].map(String),
    gap.requests.map(askedFor).join(' '),
    gap.overdue ? 'overdue' : '',
  ]);
  return table(['symbol', 'interval', 'first session', 'last session', ...numbers, 'asks for', ''], rows, numbers);
}

function askedFor({ month, outputSize }: GapRequest): string {
  return month ?? outputSize ?? '';
}

/** Gaps of one series may share calls, so the whole is not their sum. */
async function totalText(application: Application, holes: readonly CoverageGap[]): Promise<string> {
  const calls = distinctRequests(holes).reduce((sum, request) => sum + request.calls, 0);
  const account = openAccount(application);
  try {
    return costText(costOf(calls, account.vendor?.plan, await account.vendor?.quota.usage()), 0);
  } finally {
    await account.close();
  }
}
