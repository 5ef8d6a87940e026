import { type BackupReport, backUpDataDirectory } from '@quantumtrade/database-abstraction';
import { storageSection } from '../configuration/storage-sections.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { note, oneLine, type Streams, write } from './output.ts';
import { createSteps, type Steps } from './progress.ts';

export interface BackupCommandOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `backup`: a copy of the data directory with checksums. The engine stays closed. */
export async function backup(
  { clock, configuration }: Application,
  streams: Streams,
  options: BackupCommandOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { data_directory: dataDirectory } = configuration.getConfigSection(storageSection);
  return await copying('backing up', 'backed up to', streams, options, signal, (onFile) =>
    backUpDataDirectory({ dataDirectory, out: options.out, clock, command: 'market-data backup', signal, onFile }),
  );
}

type OnFile = (file: { readonly path: string }, done: number, total: number) => void;

/** Carries out a backup or a restore with progress, and prints what it consisted of. */
export async function copying(
  verb: string,
  done: string,
  streams: Streams,
  options: { readonly json?: boolean },
  signal: AbortSignal,
  work: (onFile: OnFile) => Promise<BackupReport>,
): Promise<ExitStatus> {
  let steps: Steps | undefined;
  let report: BackupReport;
  try {
    report = await work((file, count, total) => {
      steps ??= createSteps(verb, total, streams);
      steps.done(oneLine(file.path), count === total ? 'say' : undefined);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    await note(streams.error, 'interrupted: nothing is left behind');
    return exitStatus.interrupted;
  } finally {
    steps?.stop();
  }
  const text = `${report.files} files with ${report.bytes} bytes ${done} ${oneLine(report.path)}`;
  await write(streams.out, `${options.json === true ? JSON.stringify(report) : text}\n`);
  return exitStatus.succeeded;
}
