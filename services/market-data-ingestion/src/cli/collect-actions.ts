import { isServiceError, toServiceError } from '@quantumtrade/core-traits';
import {
  type CorporateActionKind,
  type CorporateActionsResult,
  corporateActionKinds,
  parseSymbol,
} from '@quantumtrade/shared-types';
import { parseActionKind } from '../collection/action-collection.ts';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { type ErrorRow, errorRow, noteSandbox } from './collect.ts';
import { daemonSource } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { note, oneLine, type Streams, table, write, writeJsonArray } from './output.ts';

export interface CollectActionsOptions {
  readonly kind?: string;
  readonly source?: string;
  readonly json?: boolean;
}

interface Job {
  readonly symbol: string;
  readonly kind: CorporateActionKind;
}

/** Collects one list: here, or by the daemon that holds the data directory. */
interface Collecting {
  readonly source: string;
  collect(job: Job): Promise<ActionsRow>;
  close(): Promise<void>;
}

/** `collect-actions <symbol…>`: collects dividends and splits now, one call of the vendor for each kind and symbol. */
export async function collectActions(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: CollectActionsOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const kinds = options.kind === undefined ? corporateActionKinds : [parseActionKind(options.kind)];
  const jobs = [...new Set(symbols.map(parseSymbol))].flatMap((symbol) => kinds.map((kind): Job => ({ symbol, kind })));
  const collecting = await (application.daemon === undefined
    ? here(application, signal)
    : byDaemon(application.daemon, options.source));
  await noteSandbox(collecting.source, streams);
  const rows: ActionsRow[] = [];
  let stopped = false;
  try {
    for (const job of jobs) {
      if (signal.aborted || stopped) break;
      try {
        rows.push(await collecting.collect(job));
      } catch (thrown) {
        if (signal.aborted && !isServiceError(thrown)) break;
        const error = toServiceError(thrown);
        rows.push({ ...job, source: collecting.source, ...nothing, error: errorRow(error) });
        // Every further call would be answered the same.
        stopped = error.reason === 'dailyQuota' || error.reason === 'authentication';
      }
    }
  } finally {
    await collecting.close();
  }
  if (options.json === true) await writeJsonArray(streams.out, rows);
  else await write(streams.out, actionsTable(rows));
  const left = jobs.length - rows.length;
  if (left > 0) {
    await note(streams.error, `${signal.aborted ? 'interrupted' : 'stopped'}: ${left} lists were not asked for`);
  }
  if (signal.aborted) return exitStatus.interrupted;
  return rows.some(({ error }) => error !== null) ? exitStatus.failed : exitStatus.succeeded;
}

async function here(application: Application, signal: AbortSignal): Promise<Collecting> {
  const service = application.service();
  await service.start();
  return {
    source: service.source,
    collect: async ({ symbol, kind }) =>
      collectedActionsRow(await service.collectCorporateActions(symbol, kind, { signal })),
    close: () => service.stop(),
  };
}

async function byDaemon(daemon: DaemonClient, vendor: string | undefined): Promise<Collecting> {
  return {
    source: await daemonSource(daemon, vendor),
    collect: ({ symbol, kind }) => daemon.post(`/api/v1/actions/${encodeURIComponent(symbol)}`, { kind }),
    close: async () => {},
  };
}

/** A list that was collected, as `collect-actions --json` prints it; a failed one has zero counts and its error. */
interface ActionsRow extends Job {
  readonly source: string;
  readonly collected: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly withdrawn: number;
  readonly batchId: string | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly error: ErrorRow | null;
}

const nothing = {
  collected: 0,
  stored: 0,
  unchanged: 0,
  duplicates: 0,
  quarantined: 0,
  withdrawn: 0,
  batchId: null,
  warnings: [],
} as const;

/** The stable row of a result. */
export function collectedActionsRow(result: CorporateActionsResult): ActionsRow {
  const { symbol, kind, source, collectedCount, stored, unchanged, duplicates, quarantined, withdrawn } = result;
  const counts = { collected: collectedCount, stored, unchanged, duplicates, quarantined, withdrawn };
  return { symbol, kind, source, ...counts, batchId: result.batchId, warnings: result.warnings, error: null };
}

function actionsTable(rows: readonly ActionsRow[]): string {
  const counts = ['collected', 'stored', 'unchanged', 'duplicates', 'quarantined', 'withdrawn'] as const;
  const cells = rows.map((row) => [
    row.symbol,
    row.kind,
    row.source,
    ...counts.map((name) => String(row[name])),
    row.error === null ? 'ok' : `${row.error.kind}${row.error.reason === null ? '' : `/${row.error.reason}`}`,
  ]);
  const said = rows.flatMap(({ symbol, kind, error, warnings }) =>
    [...warnings, ...(error === null ? [] : [error])].map(({ message }) => `${symbol} ${kind}: ${oneLine(message)}\n`),
  );
  return table(['symbol', 'kind', 'source', ...counts, 'result'], cells, counts) + said.join('');
}
