import { type CollectionQuery, type CollectionRecord, parseSymbol } from '@quantumtrade/shared-types';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseLimit } from './parse-options.ts';

export interface BatchesOptions {
  readonly limit?: string;
  readonly json?: boolean;
}

/** `batches [symbol]`: what became of each collection, newest first. */
export async function batches(
  application: Application,
  streams: Streams,
  text: string | undefined,
  options: BatchesOptions,
): Promise<ExitStatus> {
  const symbol = text === undefined ? undefined : parseSymbol(text);
  const limit = parseLimit(options.limit);
  const records = await recordsOf(application, { symbol, limit });
  if (options.json === true) await writeJsonArray(streams.out, records);
  else if (records.length === 0) {
    await note(streams.error, `nothing was collected${symbol === undefined ? '' : ` for ${symbol}`} yet`);
  } else await write(streams.out, recordTable(records));
  return exitStatus.succeeded;
}

async function recordsOf({ daemon, databaseManager }: Application, query: CollectionQuery): Promise<RecordRow[]> {
  if (daemon !== undefined) {
    return await daemon.list('/api/v1/batches', { symbol: query.symbol }, { limit: query.limit, page: 1000 });
  }
  await databaseManager.runMigrations();
  return (await databaseManager.clickhouse.getCollections(query)).map(recordRow);
}

/** A collection as `--json` prints it. */
interface RecordRow {
  readonly symbol: string;
  readonly interval: string;
  readonly source: string;
  readonly adjustment: string;
  readonly batchId: string;
  readonly acceptedAt: string;
  readonly outcome: string;
  readonly collected: number;
  readonly processed: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly spooled: number;
  readonly cached: number;
  readonly qualityScore: number;
  readonly durationMs: number;
  readonly fetchMs: number | null;
  readonly processMs: number | null;
  readonly storeMs: number | null;
  readonly firstOpenTime: string | null;
  readonly lastOpenTime: string | null;
  readonly lastRefreshed: string | null;
  readonly outputSize: string | null;
  readonly month: string | null;
  readonly errorKind: string | null;
  readonly errorReason: string | null;
}

/** A collection as `batches --json` prints it: what is absent is `null`, instants are in UTC. */
export function recordRow(record: CollectionRecord): RecordRow {
  const instant = (milliseconds: number | undefined): string | null =>
    milliseconds === undefined ? null : isoInstant(milliseconds);
  return {
    symbol: record.symbol,
    interval: record.interval,
    source: record.source,
    adjustment: record.adjustment,
    batchId: record.batchId,
    acceptedAt: isoInstant(record.acceptedAt),
    outcome: record.outcome,
    collected: record.collectedCount,
    processed: record.processedCount,
    stored: record.stored,
    unchanged: record.unchanged,
    duplicates: record.duplicates,
    quarantined: record.quarantined,
    spooled: record.spooled,
    cached: record.cachedCount,
    qualityScore: record.qualityScore,
    durationMs: record.durationMs,
    fetchMs: record.fetchMs ?? null,
    processMs: record.processMs ?? null,
    storeMs: record.storeMs ?? null,
    firstOpenTime: instant(record.firstOpenTime),
    lastOpenTime: instant(record.lastOpenTime),
    lastRefreshed: record.lastRefreshed ?? null,
    outputSize: record.outputSize ?? null,
    month: record.month ?? null,
    errorKind: record.errorKind ?? null,
    errorReason: record.errorReason ?? null,
  };
}

function recordTable(records: readonly RecordRow[]): string {
  const numbers = ['collected', 'stored', 'unchanged', 'duplicates', 'quarantined', 'spooled', 'cached', 'ms'];
  const rows = records.map((record) => [
    record.acceptedAt,
    record.symbol,
    `${record.interval}${record.adjustment === 'adjusted' ? ' adjusted' : ''}`,
    record.source,
    record.outcome,
    ...[record.collected, record.stored, record.unchanged, record.duplicates].map(String),
    ...[record.quarantined, record.spooled, record.cached].map(String),
    record.durationMs.toFixed(0),
    record.errorKind === null ? '' : [record.errorKind, record.errorReason].filter(Boolean).join('/'),
    record.batchId,
  ]);
  const head = ['accepted (UTC)', 'symbol', 'interval', 'source', 'outcome', ...numbers, 'error', 'batch'];
  return table(head, rows, numbers);
}
