import type { BarFileFormat, BarPartition, BarSelection } from '@quantumtrade/database-abstraction';
import { parseSymbol } from '@quantumtrade/shared-types';
import { parseInterval } from '../collection/collection-request.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { note, type Streams, table, write, writeJsonArray } from './output.ts';
import { requireOwnStore } from './own-store.ts';
import { parseInstant, parseSource } from './parse-options.ts';
import { createSteps } from './progress.ts';

export interface ExportOptions {
  readonly interval: string;
  readonly format: BarFileFormat;
  readonly out: string;
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly allVersions?: boolean;
  readonly json?: boolean;
}

/** A series as `export --json` prints it: what was written of it. */
interface SeriesRow {
  readonly source: string;
  readonly interval: string;
  readonly symbol: string;
  readonly files: number;
  readonly bars: number;
  readonly bytes: number;
}

/** `export <symbol|all>`: stored bars as files, one after another. */
export async function exportBars(
  application: Application,
  streams: Streams,
  symbol: string,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const selection: BarSelection = {
    // In lower case only: ALL is a symbol of an exchange.
    symbol: symbol === 'all' ? undefined : parseSymbol(symbol),
    interval: parseInterval(options.interval),
    source: options.source === undefined ? undefined : parseSource(options.source),
    from: parseInstant('--from', options.from),
    to: parseInstant('--to', options.to),
    allVersions: options.allVersions === true,
  };
  const { symbol: wanted = '<symbol>', interval } = selection;
  requireOwnStore(application, `read its bars with \`market-data query ${wanted} --interval ${interval} --json\``);
  const { databaseManager } = application;
  await databaseManager.runMigrations();
  const { transfer } = databaseManager;
  const partitions = await transfer.partitions(selection);
  const steps = createSteps('exporting', partitions.length, streams);
  const rows: SeriesRow[] = [];
  let done = 0;
  try {
    for (const partition of partitions) {
      if (signal.aborted) break;
      const target = { directory: options.out, format: options.format };
      const { bytes } = await transfer.exportPartition(partition, selection, target);
      const row = add(rows, partition, bytes);
      done += 1;
      const next = partitions[done];
      const over = next === undefined || next.symbol !== row.symbol || next.source !== row.source;
      steps.done(`${row.symbol} ${row.interval} of ${row.source}: ${row.bars} bars`, over ? 'say' : undefined);
    }
  } finally {
    steps.stop();
  }
  if (options.json === true) await writeJsonArray(streams.out, rows);
  else if (rows.length > 0) await write(streams.out, seriesTable(rows));
  if (signal.aborted) {
    await note(streams.error, `interrupted: ${done} of ${partitions.length} files are written, each one whole`);
    return exitStatus.interrupted;
  }
  if (partitions.length === 0 && options.json !== true) {
    await note(
      streams.error,
      `nothing is stored for ${selection.symbol ?? 'any symbol'} ${selection.interval} that fits`,
    );
  }
  return exitStatus.succeeded;
}

/** Adds a file to the row of its series, which is the last one: partitions come in order. */
function add(rows: SeriesRow[], { source, interval, symbol, bars }: BarPartition, bytes: number): SeriesRow {
  const last = rows.at(-1);
  const same = last !== undefined && last.source === source && last.symbol === symbol;
  const before = same ? last : { files: 0, bars: 0, bytes: 0 };
  const row = {
    source,
    interval,
    symbol,
    files: before.files + 1,
    bars: before.bars + bars,
    bytes: before.bytes + bytes,
  };
  rows[same ? rows.length - 1 : rows.length] = row;
  return row;
}

function seriesTable(rows: readonly SeriesRow[]): string {
  const numbers = ['files', 'bars', 'bytes'] as const;
  return table(
    ['source', 'interval', 'symbol', ...numbers],
    rows.map((row) => [row.source, row.interval, row.symbol, ...numbers.map((name) => String(row[name]))]),
    numbers,
  );
}
