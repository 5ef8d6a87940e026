import type { Command } from 'commander';
import { type ActionsOptions, actions } from './actions.ts';
import { type BatchesOptions, batches } from './batches.ts';
import { type CalendarCommandOptions, calendar } from './calendar.ts';
import type { CommandContext } from './command-context.ts';
import { type CoverageOptions, coverage, gaps } from './coverage.ts';
import { showsColour } from './heat-map.ts';
import { helpTexts } from './help.ts';
import { type HistoryOptions, history } from './history.ts';
import { type QuarantineOptions, quarantine } from './quarantine.ts';
import { type QueryOptions, query } from './query.ts';
import { spool } from './spool.ts';

/** Adds the commands that read what is stored, and what became of the rest. */
export function addReadCommands(program: Command, context: CommandContext): void {
  const { execute, interval, source, streams, environment, withSettings } = context;
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
}
