import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError, toServiceError } from '@quantumtrade/core-traits';
import { formatOfFile } from '@quantumtrade/database-abstraction';
import { type ErrorRow, errorRow } from './collect.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { note, oneLine, type Streams, write, writeJsonArray } from './output.ts';
import { requireOwnStore } from './own-store.ts';
import { createSteps } from './progress.ts';

/** A file as `import --json` prints it; one that failed has its error. */
interface FileRow {
  readonly file: string;
  readonly bars: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly error: ErrorRow | null;
}

/** `import <path…>`: the bars of files that an export wrote, one file after another. */
export async function importBars(
  application: Application,
  streams: Streams,
  paths: readonly string[],
  options: { readonly json?: boolean },
  signal: AbortSignal,
): Promise<ExitStatus> {
  requireOwnStore(application, 'import into another MARKET_DATA_DIR');
  const { databaseManager } = application;
  const found = await Promise.all(paths.map(filesOf));
  // A folder and a file in it may both be named.
  const files = [...new Map(found.flat().map((file) => [file.path, file])).values()];
  await databaseManager.runMigrations();
  const steps = createSteps('importing', files.length, streams);
  const rows: FileRow[] = [];
  try {
    for (const { path, error } of files) {
      if (signal.aborted) break;
      const row = error === undefined ? await importFile(databaseManager, path) : failedRow(path, error);
      rows.push(row);
      const outcome = row.error === null ? `${row.stored} stored, ${row.unchanged} unchanged` : 'failed';
      steps.done(`${oneLine(path)}: ${outcome}`, 'say');
    }
  } finally {
    steps.stop();
  }
  if (options.json === true) await writeJsonArray(streams.out, rows);
  else await write(streams.out, summary(rows));
  if (signal.aborted) {
    await note(streams.error, `interrupted: ${rows.length} of ${files.length} files are imported; the rest can follow`);
    return exitStatus.interrupted;
  }
  return rows.some(({ error }) => error !== null) ? exitStatus.failed : exitStatus.succeeded;
}

interface FoundFile {
  readonly path: string;
  /** Why there is nothing to read. */
  readonly error?: ServiceError;
}

/** The files that a word of the command line stands for, in order of their paths. */
async function filesOf(path: string): Promise<FoundFile[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ path }];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    // A hidden file is one that an export has not finished.
    const named = entries.filter(
      (entry) => !entry.isDirectory() && !entry.name.startsWith('.') && formatOfFile(entry.name) !== undefined,
    );
    if (named.length > 0) return named.map((entry) => ({ path: join(entry.parentPath, entry.name) })).sort(byPath);
    return [{ path, error: nothingToImport(`${path} has no .parquet, .csv or .jsonl file`) }];
  } catch (cause) {
    return [{ path, error: nothingToImport(`${path} cannot be read: ${(cause as Error).message}`) }];
  }
}

function byPath(a: FoundFile, b: FoundFile): number {
  return a.path < b.path ? -1 : 1;
}

function nothingToImport(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'nothingToImport', message });
}

async function importFile({ transfer }: Application['databaseManager'], path: string): Promise<FileRow> {
  try {
    return { file: path, ...(await transfer.importFile(path)), error: null };
  } catch (thrown) {
    return failedRow(path, toServiceError(thrown));
  }
}

function failedRow(file: string, error: ServiceError): FileRow {
  return { file, bars: 0, stored: 0, unchanged: 0, error: errorRow(error) };
}

function summary(rows: readonly FileRow[]): string {
  const sum = (name: 'bars' | 'stored' | 'unchanged'): number => rows.reduce((total, row) => total + row[name], 0);
  const failures = rows.flatMap(({ file, error }) => {
    if (error === null) return [];
    const message = error.message.includes(file) ? error.message : `${file}: ${error.message}`;
    return [`${oneLine(message)}\n`];
  });
  const good = rows.length - failures.length;
  const counts = `${sum('bars')} bars, ${sum('stored')} stored, ${sum('unchanged')} unchanged`;
  return `${good} of ${rows.length} files imported: ${counts}\n${failures.join('')}`;
}
