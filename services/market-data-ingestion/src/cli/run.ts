import { isServiceError } from '@quantumtrade/core-traits';
import { CommanderError } from 'commander';
import type { CompositionOptions } from '../composition.ts';
import { storageSection } from '../configuration/storage-sections.ts';
import { findDaemon } from '../daemon/find-daemon.ts';
import { ErrorLog } from '../http/error-log.ts';
import type { RunOptions } from './command-context.ts';
import { type Application, composeApplication } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { createLogStream } from './log-stream.ts';
import { isClosedPipe, note, oneLine, type Streams } from './output.ts';
import { createProgram } from './program.ts';

/** How long a command may take after Ctrl-C to print what it has finished. */
const graceMs = 1500;

/**
 * Runs one command line and says with which status the process should end. Never throws. What a command still waits for
 * a moment after Ctrl-C, such as a lock, is left behind: the process should end then.
 */
export async function run(options: RunOptions): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.succeeded;
  let daemon = false;
  const configurationFile = (): string | undefined => program.opts<{ config?: string }>().config;
  const program = createProgram(options, {
    execute: async (name, body, vendor) => {
      status = await withApplication({ name, vendor }, configurationFile(), options, body);
    },
    asDaemon: async (body) => {
      daemon = true;
      const errors = new ErrorLog();
      const sources = { environment: options.environment, file: configurationFile() };
      const reporting = { logLevel: 'info' as const, errorLog: errors, processMetrics: true };
      const settings = { name: 'serve', vendor: undefined, ...reporting };
      status = await withApplication(settings, sources.file, options, (application) =>
        body(application, sources, errors),
      );
    },
    withSettings: async (body) => {
      status = await body({ environment: options.environment, file: configurationFile() });
    },
  });
  const { signal, streams } = options;
  const work = program.parseAsync([...options.arguments], { from: 'user' }).then(
    () => (signal.aborted && !daemon ? exitStatus.interrupted : status),
    (error: unknown) => report(error, streams),
  );
  return await Promise.race([work, patienceAfter(signal, () => daemon)]);
}

/** Ends shortly after Ctrl-C, whatever a command still waits for by then; a daemon keeps a deadline of its own. */
async function patienceAfter(signal: AbortSignal, isDaemon: () => boolean): Promise<ExitStatus> {
  return await new Promise((resolve) => {
    const onAbort = (): void => {
      if (!isDaemon()) setTimeout(() => resolve(exitStatus.interrupted), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function withApplication(
  {
    name,
    ...chosen
  }: Pick<CompositionOptions, 'vendor' | 'logLevel' | 'errorLog' | 'processMetrics'> & { readonly name: string },
  configurationFile: string | undefined,
  { environment, streams }: RunOptions,
  body: (application: Application) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const application = composeApplication({
    environment,
    configurationFile,
    logStream: createLogStream(streams.error),
    logLevel: 'warn',
    logFormat: streams.error.isTTY === true ? 'text' : 'json',
    command: `market-data ${name}`,
    ...chosen,
  });
  try {
    const { data_directory: directory } = application.configuration.getConfigSection(storageSection);
    return await body({ ...application, daemon: await findDaemon(directory) });
  } finally {
    await application.databaseManager.close();
  }
}

/** One line on standard error; a stack trace helps nobody at a command line. */
async function report(error: unknown, streams: Streams): Promise<ExitStatus> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.succeeded : exitStatus.refused;
  if (isClosedPipe(error)) return exitStatus.succeeded;
  const message = error instanceof Error ? error.message : String(error);
  await note(streams.error, `error: ${oneLine(message)}`);
  return isServiceError(error) && error.kind === 'configuration' ? exitStatus.refused : exitStatus.failed;
}
