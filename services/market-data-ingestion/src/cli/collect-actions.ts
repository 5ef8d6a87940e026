import { isServiceError, type ServiceError, toServiceError } from '@quantumtrade/core-traits';
import {
  type CorporateActionKind,
  type CorporateActionsResult,
  corporateActionKinds,
  parseSymbol,
} from '@quantumtrade/shared-types';
import { parseActionKind } from '../collection/action-collection.ts';
import { errorRow, noteSandbox } from './collect.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { note, oneLine, type Streams, table, write, writeJsonArray } from './output.ts';

export interface CollectActionsOptions {
  readonly kind?: string;
  readonly source?: string;
  readonly json?: boolean;
}

type Outcome = { readonly symbol: string; readonly kind: CorporateActionKind } & (
  | { readonly result: CorporateActionsResult }
  | { readonly error: ServiceError }
);

/** `collect-actions <symbol…>`: collects dividends and splits now, one call of the vendor for each kind and symbol. */
export async function collectActions(
  { service: make }: Application,
  streams: Streams,
  symbols: readonly string[],
  options: CollectActionsOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const kinds = options.kind === undefined ? corporateActionKinds : [parseActionKind(options.kind)];
  const jobs = [...new Set(symbols.map(parseSymbol))].flatMap((symbol) => kinds.map((kind) => ({ symbol, kind })));
  const service = make();
  await service.start();
  await noteSandbox(service.source, streams);
  const outcomes: Outcome[] = [];
  let stoppedBy: ServiceError | undefined;
  try {
    for (const { symbol, kind } of jobs) {
      if (signal.aborted || stoppedBy !== undefined) break;
      try {
        outcomes.push({ symbol, kind, result: await service.collectCorporateActions(symbol, kind, { signal }) });
      } catch (thrown) {
        if (signal.aborted && !isServiceError(thrown)) break;
        const error = toServiceError(thrown);
        outcomes.push({ symbol, kind, error });
        // Every further call would be answered the same.
        if (error.reason === 'dailyQuota' || error.reason === 'authentication') stoppedBy = error;
      }
    }
  } finally {
    await service.stop();
  }
  await print(outcomes, service.source, streams, options.json === true);
  const left = jobs.length - outcomes.length;
  if (left > 0)
    await note(streams.error, `${signal.aborted ? 'interrupted' : 'stopped'}: ${left} lists were not asked for`);
  if (signal.aborted) return exitStatus.interrupted;
  return outcomes.some((outcome) => 'error' in outcome) ? exitStatus.failed : exitStatus.succeeded;
}

async function print(outcomes: readonly Outcome[], source: string, streams: Streams, json: boolean): Promise<void> {
  const rows = outcomes.map((outcome) => rowOf(outcome, source));
  if (json) return await writeJsonArray(streams.out, rows);
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
  await write(streams.out, table(['symbol', 'kind', 'source', ...counts, 'result'], cells, counts) + said.join(''));
}

/** An outcome as `collect-actions --json` prints it; a failed one has zero counts and its error. */
function rowOf(outcome: Outcome, source: string) {
  const { symbol, kind } = outcome;
  const result = 'result' in outcome ? outcome.result : undefined;
  return {
    symbol,
    kind,
    source,
    collected: result?.collectedCount ?? 0,
    stored: result?.stored ?? 0,
    unchanged: result?.unchanged ?? 0,
    duplicates: result?.duplicates ?? 0,
    quarantined: result?.quarantined ?? 0,
    withdrawn: result?.withdrawn ?? 0,
    batchId: result?.batchId ?? null,
    warnings: result?.warnings ?? [],
    error: 'error' in outcome ? errorRow(outcome.error) : null,
  };
}
