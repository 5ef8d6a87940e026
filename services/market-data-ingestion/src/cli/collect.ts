import type { ServiceError } from '@quantumtrade/core-traits';
import type { CollectionWarning, DataEntitlement } from '@quantumtrade/shared-types';
import { type CollectionJob, collectAll, type JobOutcome } from '../collection/collect-all.ts';
import { type CollectionOptions, parseRequest } from '../collection/collection-request.ts';
import { collectionSection } from '../configuration/collection-sections.ts';
import { collectByDaemon } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, oneLine, type Streams, table, write, writeJsonArray } from './output.ts';
import { createProgress } from './progress.ts';
import { settleSpool } from './settle-spool.ts';

export interface CollectOptions {
  readonly interval: string;
  readonly adjusted?: boolean;
  readonly outputsize?: 'compact' | 'full';
  readonly month?: string;
  readonly extendedHours?: 'true' | 'false';
  readonly entitlement?: DataEntitlement;
  readonly source?: string;
  readonly json?: boolean;
}

/** `collect <symbol…>`: collects each symbol now, priority symbols first. */
export async function collect(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: CollectOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { interval, adjusted = false, outputsize, month, json = false } = options;
  const choices = requestChoices(options);
  const requested = symbols.map((symbol) =>
    parseRequest(symbol, interval, { adjusted, outputSize: outputsize, month, ...choices }),
  );
  // Asking twice for the same series would only spend quota.
  const jobs: CollectionJob[] = [...new Set(requested.map(({ symbol }) => symbol))].map((symbol) => ({
    symbol,
    interval,
    adjusted,
    outputSize: outputsize,
    month,
    ...choices,
  }));
  const rows = await (application.daemon === undefined
    ? collectHere(application, jobs, streams, signal)
    : collectByDaemon<OutcomeRow>(application.daemon, {
        jobs,
        vendor: options.source,
        streams,
        signal,
        onSource: (source) => noteSandbox(source, streams),
      }));
  if (json) await writeJsonArray(streams.out, rows);
  else await write(streams.out, outcomeTable(rows));
  if (signal.aborted) {
    await note(streams.error, `interrupted: ${rows.length} of ${jobs.length} series finished`);
    return exitStatus.interrupted;
  }
  return rows.some((row) => row.error !== null) ? exitStatus.failed : exitStatus.succeeded;
}

async function collectHere(
  application: Application,
  jobs: readonly CollectionJob[],
  streams: Streams,
  signal: AbortSignal,
): Promise<OutcomeRow[]> {
  const service = application.service();
  const section = application.configuration.getConfigSection(collectionSection);
  const { spool } = application.databaseManager;
  await application.databaseManager.connect();
  const before = await spool.stats();
  await service.start();
  await noteSandbox(service.source, streams);
  const progress = createProgress(jobs.length, streams);
  let outcomes: JobOutcome[];
  try {
    outcomes = await collectAll(jobs, {
      service,
      clock: application.clock,
      concurrency: section.concurrent_collections,
      prioritySymbols: section.priority_symbols,
      signal,
      onOutcome: (outcome) => progress.finished(outcome),
    }).finally(() => progress.stop());
    await settleSpool({ spool, clock: application.clock, streams, before, added: spooledIn(outcomes), signal });
  } finally {
    await service.stop();
  }
  return outcomes.map((outcome) => outcomeRow(outcome, service.source));
}

/** How many of the batches had to wait in the spool. */
export function spooledIn(outcomes: readonly JobOutcome[]): number {
  return outcomes.filter((outcome) => 'result' in outcome && outcome.result.spooled > 0).length;
}

/** What the options choose in place of the settings. */
export function requestChoices({
  extendedHours,
  entitlement,
}: Pick<CollectOptions, 'extendedHours' | 'entitlement'>): Pick<CollectionOptions, 'extendedHours' | 'entitlement'> {
  return {
    ...(extendedHours !== undefined && { extendedHours: extendedHours === 'true' }),
    ...(entitlement !== undefined && { entitlement }),
  };
}

/** Says where the bars are made up. */
export async function noteSandbox(source: string, streams: Streams): Promise<void> {
  if (!source.endsWith('_sandbox')) return;
  await note(streams.error, `no API key is set: the vendor's sandbox answers with made-up bars`);
}

/** A collection as `collect --json` prints it. */
export interface OutcomeRow {
  readonly symbol: string;
  readonly interval: string;
  readonly source: string;
  readonly collected: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly spooled: number;
  readonly cached: number;
  readonly qualityScore: number;
  readonly batchId: string | null;
  readonly durationMs: number;
  readonly warnings: readonly WarningRow[];
  readonly error: ErrorRow | null;
}

/** A warning as `--json` prints it; instants in UTC. */
interface WarningRow {
  readonly code: string;
  readonly message: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** An error as `--json` prints it. */
export interface ErrorRow {
  readonly kind: string;
  readonly reason: string | null;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

/** The stable row of an outcome; a failed one has zero counts and its error. */
export function outcomeRow(outcome: JobOutcome, activeSource: string): OutcomeRow {
  const { job, durationMs } = outcome;
  if ('error' in outcome) {
    return {
      symbol: job.symbol,
      interval: job.interval,
      source: activeSource,
      collected: 0,
      stored: 0,
      unchanged: 0,
      duplicates: 0,
      quarantined: 0,
      spooled: 0,
      cached: 0,
      qualityScore: 0,
      batchId: null,
      durationMs,
      warnings: [],
      error: errorRow(outcome.error),
    };
  }
  const { result } = outcome;
  return {
    symbol: result.symbol,
    interval: result.interval,
    source: result.source,
    collected: result.collectedCount,
    stored: result.stored,
    unchanged: result.unchanged,
    duplicates: result.duplicates,
    quarantined: result.quarantined,
    spooled: result.spooled,
    cached: result.cachedCount,
    qualityScore: result.qualityScore,
    batchId: result.batchId,
    durationMs,
    warnings: result.warnings.map(warningRow),
    error: result.error === undefined ? null : errorRow(result.error),
  };
}

function warningRow({ code, message, from, to }: CollectionWarning): WarningRow {
  const instant = (value: number | undefined): string | null => (value === undefined ? null : isoInstant(value));
  return { code, message, from: instant(from), to: instant(to) };
}

/** The stable row of an error. */
export function errorRow(error: ServiceError): ErrorRow {
  const { kind, reason, message, retryable, retryAfterMs } = error;
  return { kind, reason: reason ?? null, message, retryable, retryAfterMs: retryAfterMs ?? null };
}

/** The outcomes for people: one row a series, and below it what went wrong. Rare counts show where there are any. */
export function outcomeTable(rows: readonly (OutcomeRow & { readonly month?: string | undefined })[]): string {
  const counts = countNames.filter((name) => !rareCounts.has(name) || rows.some((row) => row[name] > 0));
  const withMonths = rows.some(({ month }) => month !== undefined);
  const head = [...(withMonths ? ['month'] : []), 'symbol', 'interval', 'source', ...counts, 'quality', 'ms', 'result'];
  const body = rows.map((row) => [
    ...(withMonths ? [row.month ?? ''] : []),
    row.symbol,
    row.interval,
    row.source,
    ...counts.map((name) => String(row[name])),
    row.error !== null && row.cached === 0 ? '-' : row.qualityScore.toFixed(1),
    String(row.durationMs),
    row.error === null ? 'ok' : `${row.error.kind}${row.error.reason === null ? '' : `/${row.error.reason}`}`,
  ]);
  const failures = rows.flatMap(({ month, symbol, interval, error }) =>
    error === null
      ? []
      : [`${month === undefined ? '' : `${month} `}${symbol} ${interval}: ${oneLine(error.message)}\n`],
  );
  const warnings = rows.flatMap(({ symbol, interval, warnings: list }) =>
    list.map(({ code, message }) => `${symbol} ${interval}: ${code}: ${oneLine(message)}\n`),
  );
  return table(head, body, [...counts, 'quality', 'ms']) + failures.join('') + warnings.join('');
}

const countNames = ['collected', 'stored', 'unchanged', 'duplicates', 'quarantined', 'spooled', 'cached'] as const;
const rareCounts: ReadonlySet<string> = new Set(['duplicates', 'spooled', 'cached']);
