import { ServiceError } from '@quantumtrade/core-traits';
import { type Command, Option } from 'commander';
import { collectMonths, type MonthsOptions, plan } from './backfill.ts';
import { type CollectOptions, collect } from './collect.ts';
import { type CollectActionsOptions, collectActions } from './collect-actions.ts';
import type { CommandContext } from './command-context.ts';
import { type EntitlementsOptions, entitlements } from './entitlements.ts';
import { helpTexts } from './help.ts';
import { type QuotaOptions, quota } from './quota.ts';

/** Adds the commands that ask a vendor, and those about what that costs. */
export function addCollectCommands(program: Command, context: CommandContext): void {
  const { execute, interval, source, streams, signal } = context;
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
}

function optionMissing(message: string): ServiceError {
  return new ServiceError({ kind: 'configuration', reason: 'invalidOption', message });
}
