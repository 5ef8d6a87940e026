import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { barFileFormats } from '@quantumtrade/database-abstraction';
import { intervals } from '@quantumtrade/shared-types';
import { Command, CommanderError, Option } from 'commander';
import type { CompositionOptions } from '../composition.ts';
import { storageSection } from '../configuration/sections.ts';
import { findDaemon } from '../daemon/find-daemon.ts';
import { ErrorLog } from '../http/error-log.ts';
import { version } from '../version.ts';
import { type ActionsOptions, actions } from './actions.ts';
import { collectMonths, type MonthsOptions, plan } from './backfill.ts';
import { type BackupCommandOptions, backup } from './backup.ts';
import { type BatchesOptions, batches } from './batches.ts';
import { type CalendarCommandOptions, calendar } from './calendar.ts';
import { type CollectOptions, collect } from './collect.ts';
import { type CollectActionsOptions, collectActions } from './collect-actions.ts';
import { type Application, composeApplication } from './composition.ts';
import { type ConfigSources, showConfig, validateConfig } from './config.ts';
import { type CoverageOptions, coverage, gaps } from './coverage.ts';
import { type EntitlementsOptions, entitlements } from './entitlements.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type ExportOptions, exportBars } from './export.ts';
import { health } from './health.ts';
import { showsColour } from './heat-map.ts';
import { helpTexts } from './help.ts';
import { type HistoryOptions, history } from './history.ts';
import { importBars } from './import.ts';
import { addJobCommands } from './job-commands.ts';
import { createLogStream } from './log-stream.ts';
import { migrate } from './migrate.ts';
import { isClosedPipe, note, oneLine, type Streams } from './output.ts';
import { type QuarantineOptions, quarantine } from './quarantine.ts';
import { type QueryOptions, query } from './query.ts';
import { type QuotaOptions, quota } from './quota.ts';
import { type RestoreCommandOptions, restore } from './restore.ts';
import { runScheduled, type ScheduleOptions, showSchedule } from './schedule.ts';
import { serve } from './serve.ts';
import { spool } from './spool.ts';

export interface RunOptions {
  /** The words after the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How long a command may take after Ctrl-C to print what it has finished. */
const graceMs = 1500;

type CommandBody = (application: Application) => Promise<ExitStatus>;

/** How commands are carried out. */
interface Execution {
  withApplication(name: string, body: CommandBody, vendor?: string): Promise<void>;
  /** Runs until a signal, and then ends in its own time. */
  asDaemon(
    body: (application: Application, sources: ConfigSources, errors: ErrorLog) => Promise<ExitStatus>,
  ): Promise<void>;
  /** Opens no database and needs no data directory. */
  withSettings(body: (sources: ConfigSources) => Promise<ExitStatus>): Promise<void>;
}

/**
 * Runs one command line and says with which status the process should end. Never throws. What a command still waits for
 * a moment after Ctrl-C, such as a lock, is left behind: the process should end then.
 */
export async function run(options: RunOptions): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.succeeded;
  let daemon = false;
  const configurationFile = (): string | undefined => program.opts<{ config?: string }>().config;
  const program = createProgram(options, {
    withApplication: async (name, body, vendor) => {
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
  body: CommandBody,
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

/** The parser's complaint as one short line, whatever was typed. */
function usageError(text: string): string {
  const [complaint = '', suggestion] = text.trim().split(/\s*\n\(Did you mean (.+)\?\)$/);
  const line = oneLine(complaint.replace(/\.$/, ''));
  const shown = line.length > longestComplaint ? `${line.slice(0, longestComplaint)}…` : line;
  return `${shown}${suggestion === undefined ? '' : `: did you mean ${suggestion}?`} (see --help)`;
}

function optionMissing(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidOption', message });
}

const longestComplaint = 300;

function createProgram({ streams, signal, environment }: RunOptions, execution: Execution): Command {
  const { withApplication: execute, withSettings } = execution;
  const interval = (): Option =>
    new Option('--interval <interval>', 'length of a bar').choices([...intervals]).makeOptionMandatory();
  const source = (): Option =>
    new Option('--source <vendor>', 'alpha_vantage or alpaca, instead of the configured one');
  const program = new Command('market-data')
    .description('Collects market data, scores every bar and keeps it in ClickHouse.')
    .version(version)
    .option('--config <file>', 'TOML, YAML or JSON file with settings')
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.error.write(text),
      outputError: (text, writeText) => writeText(`${usageError(text)}\n`),
    })
    .exitOverride()
    .showSuggestionAfterError(true)
    .addHelpText('after', helpTexts.program)
    .configureHelp({ showGlobalOptions: true });

  program
    .command('collect')
    .description('collect bars now and store them')
    .argument('<symbol...>', 'symbols such as AAPL or TSCO.LON')
    .addOption(interval())
    .option('--adjusted', 'adjusted data: intraday prices rewritten, or an adjusted close for daily and longer')
    .addOption(
      new Option('--outputsize <size>', 'newest 100 bars, or all one request gives').choices(['compact', 'full']),
    )
    .option('--month <YYYY-MM>', 'intraday: that month instead of the newest bars')
    .addOption(
      new Option(
        '--extended-hours <choice>',
        'intraday: with the hours before and after the session, or without',
      ).choices(['true', 'false']),
    )
    .addOption(new Option('--entitlement <plan>', 'how fresh the bars shall be').choices(['realtime', 'delayed']))
    .addOption(
      new Option(
        '--from <YYYY-MM>',
        'intraday: month by month from this one on; what is complete is left out',
      ).conflicts(['month', 'outputsize']),
    )
    .option('--to <YYYY-MM>', 'with --from: the last month; the current one without it')
    .addOption(source())
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.collect)
    .action((symbols: string[], { from, to, ...options }: CollectOptions & { from?: string; to?: string }) =>
      execute(
        'collect',
        (application) => {
          if (from !== undefined) return collectMonths(application, streams, symbols, { ...options, from, to }, signal);
          if (to !== undefined) throw optionMissing('--to needs --from');
          return collect(application, streams, symbols, options, signal);
        },
        options.source,
      ),
    );
  program
    .command('collect-actions')
    .description('collect dividends and splits now and store them')
    .argument('<symbol...>', 'symbols such as AAPL or TSCO.LON')
    .option('--kind <kind>', 'dividend or split; both without it')
    .addOption(source())
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.collectActions)
    .action((symbols: string[], options: CollectActionsOptions) =>
      execute(
        'collect-actions',
        (application) => collectActions(application, streams, symbols, options, signal),
        options.source,
      ),
    );
  program
    .command('actions')
    .description('read stored dividends and splits, oldest first')
    .argument('<symbol>', 'one symbol')
    .option('--kind <kind>', 'dividend or split; both without it')
    .option('--source <source>', 'another source than the active one')
    .option('--from <YYYY-MM-DD>', 'first ex-date')
    .option('--to <YYYY-MM-DD>', 'last ex-date')
    .option('--as-of <ISO>', 'as it was stored at that instant; UTC without an offset')
    .option('--all-versions', 'every stored version, withdrawals too')
    .option('--rejected', 'rows that were refused, with the rules they broke')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.actions)
    .action((symbol: string, options: ActionsOptions) =>
      execute('actions', (application) => actions(application, streams, symbol, options)),
    );
  program
    .command('plan')
    .description('what collect --from --to would spend: calls, days and order')
    .argument('<symbol...>', 'symbols such as AAPL or TSCO.LON')
    .addOption(interval())
    .option('--adjusted', 'adjusted data')
    .requiredOption('--from <YYYY-MM>', 'the first month')
    .option('--to <YYYY-MM>', 'the last month; the current one without it')
    .addOption(source())
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.plan)
    .action((symbols: string[], options: MonthsOptions) =>
      execute('plan', (application) => plan(application, streams, symbols, options), options.source),
    );
  addJobCommands(program, { execute, interval, source, streams, signal });
  program
    .command('quota')
    .description(`what is used and left of the key's limits`)
    .addOption(source())
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.quota)
    .action((options: QuotaOptions) =>
      execute('quota', (application) => quota(application, streams, options), options.source),
    );
  program
    .command('entitlements')
    .description('what the vendor has refused the key')
    .addOption(source())
    .option('--forget', 'ask for all of it again, as after a change of the plan')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.entitlements)
    .action((options: EntitlementsOptions) =>
      execute('entitlements', (application) => entitlements(application, streams, options), options.source),
    );
  program
    .command('query')
    .description('read stored bars, oldest first')
    .argument('<symbol>', 'one symbol')
    .addOption(interval())
    .option('--adjusted', 'the adjusted series')
    .option('--source <source>', 'another source than the active one')
    .option('--from <ISO>', 'first open time; UTC without an offset')
    .option('--to <ISO>', 'last open time; UTC without an offset')
    .option('--limit <N>', 'at most so many bars, counted from the oldest')
    .option('--as-of <ISO>', 'as it was stored at that instant; UTC without an offset')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.query)
    .action((symbol: string, options: QueryOptions) =>
      execute('query', (application) => query(application, streams, symbol, options)),
    );
  program
    .command('history')
    .description('every version of one bar, oldest first')
    .argument('<symbol>', 'one symbol')
    .addOption(interval())
    .requiredOption('--at <ISO>', 'when the bar opens; a date is enough for daily bars and longer ones')
    .option('--adjusted', 'the adjusted series')
    .option('--source <source>', 'another source than the active one')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.history)
    .action((symbol: string, options: HistoryOptions) =>
      execute('history', (application) => history(application, streams, symbol, options)),
    );
  program
    .command('batches')
    .description('what became of each collection, newest first')
    .argument('[symbol]', 'one symbol')
    .option('--limit <N>', 'at most so many, counted from the newest')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.batches)
    .action((symbol: string | undefined, options: BatchesOptions) =>
      execute('batches', (application) => batches(application, streams, symbol, options)),
    );
  program
    .command('coverage')
    .description('what is there of each session, what is not, and why')
    .argument('[symbol...]', 'symbols; all that have bars without one')
    .addOption(interval())
    .requiredOption('--from <YYYY-MM-DD>', 'first trading day')
    .option('--to <YYYY-MM-DD>', 'last trading day; today without it')
    .option('--adjusted', 'the adjusted series')
    .option('--source <source>', 'another source than the active one')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.coverage)
    .action((symbols: string[], options: CoverageOptions) => {
      const colour = showsColour(streams.out, environment);
      return execute('coverage', (application) => coverage(application, { ...streams, colour }, symbols, options));
    });
  program
    .command('gaps')
    .description('holes in what is stored, and the calls that would fill them')
    .argument('[symbol...]', 'symbols; all that have bars without one')
    .addOption(interval())
    .requiredOption('--from <YYYY-MM-DD>', 'first trading day')
    .option('--to <YYYY-MM-DD>', 'last trading day; today without it')
    .option('--adjusted', 'the adjusted series')
    .addOption(source())
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.gaps)
    .action((symbols: string[], options: CoverageOptions) =>
      execute('gaps', (application) => gaps(application, streams, symbols, options), options.source),
    );
  program
    .command('quarantine')
    .description('rejected rows with the rules they broke')
    .option('--symbol <symbol>', 'of one symbol')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.quarantine)
    .action((options: QuarantineOptions) =>
      execute('quarantine', (application) => quarantine(application, streams, options)),
    );
  program
    .command('spool')
    .description('accepted batches that wait for the database')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.spool)
    .action((options: { json?: boolean }) => execute('spool', (application) => spool(application, streams, options)));
  program
    .command('schedule')
    .description('tasks that a daemon runs by itself, their times, and what came of them')
    .addOption(source())
    .option('--json', 'print a JSON array; of a run, an object')
    .addHelpText('after', helpTexts.schedule)
    .action((options: ScheduleOptions) =>
      execute('schedule', (application) => showSchedule(application, streams, options), options.source),
    )
    .command('run')
    .description('run a task now, whether or not it is due')
    .argument('<task>', 'daily, weekly, backfill or maintenance')
    .addHelpText('after', helpTexts.scheduleRun)
    .action((task: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ScheduleOptions>();
      const run = (app: Application) => runScheduled(app, streams, task, options, signal);
      return execute('schedule run', run, options.source);
    });
  program
    .command('health')
    .description('how every component is')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.health)
    .action((options: { json?: boolean }) => execute('health', (application) => health(application, streams, options)));
  program
    .command('serve')
    .description('run the service with its HTTP API until a signal')
    .addHelpText('after', helpTexts.serve)
    .action(() => execution.asDaemon((application, sources, errors) => serve(application, sources, errors, signal)));
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .addHelpText('after', helpTexts.migrate)
    .action(() => execute('migrate', (application) => migrate(application, streams)));
  program
    .command('calendar')
    .description('sessions of an exchange, with early closes')
    .argument('<exchange>', 'XNYS, XNAS, XLON, XTSE, XHKG, 24/7 or 24/5')
    .requiredOption('--from <YYYY-MM-DD>', 'first trading day')
    .requiredOption('--to <YYYY-MM-DD>', 'last trading day')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.calendar)
    .action((exchange: string, options: CalendarCommandOptions) =>
      withSettings(() => calendar(exchange, options, streams)),
    );
  program
    .command('export')
    .description('write stored bars to files')
    .argument('<symbol|all>', 'one symbol, or all')
    .addOption(interval())
    .addOption(new Option('--format <format>', 'of the files').choices(barFileFormats).makeOptionMandatory())
    .requiredOption('--out <dir>', 'directory of the files; made where needed')
    .option('--source <source>', 'of one source')
    .option('--from <ISO>', 'first open time; UTC without an offset')
    .option('--to <ISO>', 'last open time; UTC without an offset')
    .option('--all-versions', 'every stored version of a bar')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.export)
    .action((symbol: string, options: ExportOptions) =>
      execute('export', (application) => exportBars(application, streams, symbol, options, signal)),
    );
  program
    .command('import')
    .description('store bars from files that export wrote')
    .argument('<path...>', 'files, or folders of them')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.import)
    .action((paths: string[], options: { json?: boolean }) =>
      execute('import', (application) => importBars(application, streams, paths, options, signal)),
    );
  program
    .command('backup')
    .description('copy the data directory, with checksums')
    .requiredOption('--out <dir>', 'directory of the backup; must not be there yet')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.backup)
    .action((options: BackupCommandOptions) =>
      execute('backup', (application) => backup(application, streams, options, signal)),
    );
  program
    .command('restore')
    .description('bring a data directory back from a backup')
    .requiredOption('--from <dir>', 'directory of the backup')
    .option('--force', 'replace a data directory that is not empty')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.restore)
    .action((options: RestoreCommandOptions) =>
      execute('restore', (application) => restore(application, streams, options, signal)),
    );
  const config = program
    .command('config')
    .description('check and show the settings')
    .addHelpText('after', helpTexts.config);
  config
    .command('validate')
    .description('list everything that is wrong with the settings')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.configValidate)
    .action((options: { json?: boolean }) => withSettings((sources) => validateConfig(sources, streams, options)));
  config
    .command('show')
    .description('every setting in force and where it comes from')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.configShow)
    .action((options: { json?: boolean }) => withSettings((sources) => showConfig(sources, streams, options)));
  return program;
}
