import { restoreDataDirectory } from '@quantumtrade/database-abstraction';
import { storageSection } from '../configuration/storage-sections.ts';
import { copying } from './backup.ts';
import type { Application } from './composition.ts';
import type { ExitStatus } from './exit-status.ts';
import type { Streams } from './output.ts';

export interface RestoreCommandOptions {
  readonly from: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `restore`: a data directory from a backup. The engine stays closed. */
export async function restore(
  { clock, configuration }: Application,
  streams: Streams,
  { from, force = false, ...options }: RestoreCommandOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { data_directory: dataDirectory } = configuration.getConfigSection(storageSection);
  return await copying('restoring', 'restored to', streams, options, signal, (onFile) =>
    restoreDataDirectory({ from, dataDirectory, force, clock, command: 'market-data restore', signal, onFile }),
  );
}
