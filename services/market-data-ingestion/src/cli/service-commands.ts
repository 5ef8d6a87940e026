import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import type { Application } from './composition.ts';
import { showConfig, validateConfig } from './config.ts';
import { health } from './health.ts';
import { helpTexts } from './help.ts';
import { migrate } from './migrate.ts';
import { runScheduled, type ScheduleOptions, showSchedule } from './schedule.ts';
import { serve } from './serve.ts';

/** Adds the commands that run the service, and those about its state and its settings. */
export function addServiceCommands(program: Command, context: CommandContext): void {
  const { execute, source, streams, signal, withSettings, asDaemon } = context;
  program
    .command('serve')
    .description('run the service with its HTTP API until a signal')
    .addHelpText('after', helpTexts.serve)
    .action(() => asDaemon((application, sources, errors) => serve(application, sources, errors, signal)));
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
    .command('migrate')
    .description('bring the database schema up to date')
    .addHelpText('after', helpTexts.migrate)
    .action(() => execute('migrate', (application) => migrate(application, streams)));
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
}
