import type { Option } from 'commander';
import type { ErrorLog } from '../http/error-log.ts';
import type { Application } from './composition.ts';
import type { ConfigSources } from './config.ts';
import type { ExitStatus } from './exit-status.ts';
import type { Streams } from './output.ts';

/** A command line, and what it may use. */
export interface RunOptions {
  /** The words after the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How commands are carried out. */
export interface Execution {
  /** With the parts made, and taken apart afterwards; `vendor` in place of the configured one. */
  execute(name: string, body: (application: Application) => Promise<ExitStatus>, vendor?: string): Promise<void>;
  /** Runs until a signal, and then ends in its own time. */
  asDaemon(
    body: (application: Application, sources: ConfigSources, errors: ErrorLog) => Promise<ExitStatus>,
  ): Promise<void>;
  /** Opens no database and needs no data directory. */
  withSettings(body: (sources: ConfigSources) => Promise<ExitStatus>): Promise<void>;
}

/** What commands are made of. */
export interface CommandContext extends Execution, Pick<RunOptions, 'streams' | 'signal' | 'environment'> {
  /** The options that several commands have, made anew for each. */
  interval(): Option;
  source(): Option;
}
