import { type Command, Option } from 'commander';
import { tiers } from '../jobs/job.ts';
import { backfill, resumeJob } from './backfill-job.ts';
import type { BackfillOptions, RunJobOptions } from './backfill-options.ts';
import type { CommandContext } from './command-context.ts';
import { deadLetters, purgeDeadLetters, requeueDeadLetters } from './dead-letters.ts';
import { helpTexts } from './help.ts';
import { cancelJob, type JobsOptions, listJobs, showJob } from './jobs.ts';
import { type WorkJobsOptions, workJobs } from './work-jobs.ts';

/** Adds the commands about jobs. */
export function addJobCommands(program: Command, context: CommandContext): void {
  const { execute, interval, source, streams, signal } = context;
  program
    .command('backfill')
    .description('gather history as a job that goes on after any interruption')
    .argument('<symbol...>', 'symbols such as AAPL or TSCO.LON')
    .addOption(interval())
    .requiredOption('--from <date>', 'YYYY-MM or YYYY-MM-DD; intraday bars come in whole months')
    .option('--to <date>', 'as above; the current month without it')
    .option('--adjusted', 'adjusted data instead of prices as traded')
    .addOption(new Option('--both', 'prices as traded and adjusted data: two calls each').conflicts('adjusted'))
    .addOption(new Option('--tier <tier>', 'which jobs go first').choices([...tiers]).default('T1'))
    .option('--dry-run', 'show what would be asked for, and ask nobody')
    .option('--wait', `wait where the day's calls are spent`)
    .addOption(source())
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.backfill)
    .action((symbols: string[], options: BackfillOptions) =>
      execute('backfill', (app) => backfill(app, streams, symbols, options, signal), options.source),
    );

  const jobs = program
    .command('jobs')
    .description('jobs and how far they are')
    .addOption(source())
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.jobs)
    .action((options: JobsOptions) => execute('jobs', (app) => listJobs(app, streams, options), options.source));
  const job = (name: string, description: string, help: string): Command =>
    jobs.command(name).description(description).argument('<id>', 'of a job').addHelpText('after', help);
  job('show', 'one job, by symbol', helpTexts.jobsShow).action((id: string, _: unknown, command: Command) => {
    const options = command.optsWithGlobals<JobsOptions>();
    return execute('jobs show', (app) => showJob(app, streams, id, options), options.source);
  });
  job('cancel', 'begin nothing more of a job', helpTexts.jobsCancel).action(
    (id: string, _: unknown, command: Command) => {
      const { source: vendor } = command.optsWithGlobals<JobsOptions>();
      return execute('jobs cancel', (app) => cancelJob(app, streams, id), vendor);
    },
  );
  job('resume', 'work until a job has ended', helpTexts.jobsResume)
    .option('--wait', `wait where the day's calls are spent`)
    .action((id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<RunJobOptions>();
      return execute('jobs resume', (app) => resumeJob(app, streams, id, options, signal), options.source);
    });

  jobs
    .command('work')
    .description('work on all jobs, and take those that others push, until Ctrl-C')
    .option('--drain', 'end once nothing waits')
    .addHelpText('after', helpTexts.jobsWork)
    .action((_: unknown, command: Command) => {
      const options = command.optsWithGlobals<WorkJobsOptions>();
      return execute('jobs work', (app) => workJobs(app, streams, options, signal), options.source);
    });

  const letters = program
    .command('dead-letters')
    .description('items of jobs that failed for good')
    .addOption(source())
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.deadLetters)
    .action((options: JobsOptions) =>
      execute('dead-letters', (app) => deadLetters(app, streams, options), options.source),
    );
  const some = [
    ['requeue', 'try them again', helpTexts.deadLettersRequeue, requeueDeadLetters],
    ['purge', 'forget them', helpTexts.deadLettersPurge, purgeDeadLetters],
  ] as const;
  for (const [name, description, help, body] of some) {
    letters
      .command(name)
      .description(description)
      .argument('[id]', 'of an item or a job; all without it')
      .addHelpText('after', help)
      .action((id: string | undefined, _: unknown, command: Command) => {
        const { source: vendor } = command.optsWithGlobals<JobsOptions>();
        return execute(`dead-letters ${name}`, (app) => body(app, streams, id), vendor);
      });
  }
}
