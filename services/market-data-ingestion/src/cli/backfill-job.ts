import type { ServiceError } from '@quantumtrade/core-traits';
import { clickhouseSection } from '../configuration/sections.ts';
import type { Jobs } from '../jobs/create-jobs.ts';
import type { ItemOutcome } from '../jobs/item-worker.ts';
import { isSettled, type Tier } from '../jobs/job.ts';
import type { JobPlan } from '../jobs/job-board.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { openAccount } from './account.ts';
import { costOf, costText } from './backfill.ts';
import type { Application } from './composition.ts';
import { describeAttempt } from './describe-attempt.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { withJobs } from './job-session.ts';
import { jobRow, jobText } from './jobs.ts';
import { isoInstant, note, oneLine, type Streams, table, write } from './output.ts';
import { createSteps } from './progress.ts';
import { type RunJobsOptions, withRunner } from './run-jobs.ts';
import { watchJob } from './watch-job.ts';

export interface RunJobOptions {
  readonly source?: string;
  /** Waits for the next day where the day's calls are spent. */
  readonly wait?: boolean;
  readonly json?: boolean;
}

export interface BackfillOptions extends RunJobOptions {
  readonly interval: string;
  readonly from: string;
  readonly to?: string;
  readonly adjusted?: boolean;
  readonly both?: boolean;
  readonly tier?: Tier;
  readonly dryRun?: boolean;
}

/** `backfill <symbol…>`: makes a job of the history that is missing, and works until it has ended. */
export async function backfill(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: BackfillOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { interval, from, to, tier, adjusted = false, both = false } = options;
  const adjustments = both ? (['raw', 'adjusted'] as const) : adjusted ? (['adjusted'] as const) : undefined;
  const work = async (jobs: Jobs): Promise<ExitStatus> => {
    const plan = await jobs.board.plan({ symbols, interval, from, to, tier, adjustments });
    if (options.dryRun === true) return await showPlan(application, streams, plan, options.json);
    if (plan.finished > 0) await note(streams.error, `${plan.finished} months are complete and not asked for again`);
    if (plan.items.length === 0 && !plan.known) {
      if (options.json === true) await write(streams.out, 'null\n');
      else await note(streams.error, 'there is nothing to do');
      return exitStatus.succeeded;
    }
    await jobs.board.create(plan);
    return await runJob(application, streams, jobs, plan.id, options, signal);
  };
  const { url: server } = application.configuration.getConfigSection(clickhouseSection);
  // An embedded store is the daemon's alone; that looks at each part when its turn has come.
  if (application.daemon !== undefined && server === undefined) return await withJobs(application, work);
  await application.databaseManager.runMigrations();
  return await withJobs(application, work, application.service());
}

/** `jobs resume <id>`: works until a job has ended. */
export async function resumeJob(
  application: Application,
  streams: Streams,
  id: string,
  options: RunJobOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  return await withJobs(application, async (jobs) => {
    await jobs.board.show(id);
    return await runJob(application, streams, jobs, id, options, signal);
  });
}

async function showPlan(
  application: Application,
  streams: Streams,
  { id, known, items, calls, finished }: JobPlan,
  json = false,
): Promise<ExitStatus> {
  const account = openAccount(application);
  try {
    const cost = costOf(calls, account.vendor?.plan, await account.vendor?.quota.usage());
    if (json) {
      const order = items.map(({ symbol, month, adjustments }) => ({ symbol, month: month ?? null, adjustments }));
      await write(streams.out, `${JSON.stringify({ job: id, known, complete: finished, ...cost, order })}\n`);
      return exitStatus.succeeded;
    }
    const cells = items.map(({ symbol, month, adjustments }) => [symbol, month ?? 'all', adjustments.join(', ')]);
    if (cells.length > 0) await write(streams.out, table(['symbol', 'part', 'prices'], cells));
    await write(streams.out, `job ${id}${known ? ', which is there already' : ''}: ${costText(cost, finished)}`);
    return exitStatus.succeeded;
  } finally {
    await account.close();
  }
}

/** How often the job is looked at, at most, in milliseconds. */
const lookMs = 100;

async function runJob(
  application: Application,
  streams: Streams,
  jobs: Jobs,
  id: string,
  options: RunJobOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { board } = jobs;
  const { items } = await board.progress(id);
  const left = items.pending + items.inProgress;
  let stoppedBy: ServiceError | undefined;
  if (left > 0) {
    const steps = createSteps('backfilling', left, streams);
    const onOutcome: RunJobsOptions['onOutcome'] = (work, outcome) => {
      const line = describeAttempt(work.id, outcome);
      if (line === undefined) return;
      if (ends.has(outcome.end) && work.group === id) steps.done(line, 'say');
      else if (streams.error.isTTY !== true) streams.error.write(`${line}\n`);
    };
    const { daemon } = application;
    try {
      if (daemon !== undefined) await watchJob(application, streams, jobs, id, { daemon, steps, signal });
      else {
        await withRunner(application, streams, jobs, { onOutcome, signal }, async (runner) => {
          stoppedBy = await untilEnded(application, streams, runner, jobs, id, options, signal);
        });
      }
    } finally {
      steps.stop();
    }
  }
  const detail = await board.show(id);
  if (options.json === true) await write(streams.out, `${JSON.stringify(jobRow(detail))}\n`);
  else await write(streams.out, jobText(detail));
  if (signal.aborted) {
    const goes = application.daemon === undefined ? `\`market-data jobs resume ${id}\` goes on` : 'the daemon goes on';
    await note(streams.error, `interrupted: ${goes}`);
    return exitStatus.interrupted;
  }
  if (detail.items.failed > 0) {
    await note(streams.error, `${detail.items.failed} items failed for good: see \`market-data dead-letters\``);
  }
  return stoppedBy === undefined && detail.state === 'completed' ? exitStatus.succeeded : exitStatus.failed;
}

/** Waits until a job has ended, or until nothing can go on by itself: then what it is that stops it. */
async function untilEnded(
  { clock }: Application,
  streams: Streams,
  runner: JobRunner,
  { board }: Jobs,
  id: string,
  { wait = false }: RunJobOptions,
  signal: AbortSignal,
): Promise<ServiceError | undefined> {
  for (;;) {
    const began = clock.monotonic();
    if (signal.aborted || isSettled((await board.progress(id)).items)) return undefined;
    const { pause } = runner;
    const hopeless = pause?.error.kind === 'configuration';
    const spent = pause?.error.reason === 'dailyQuota' && !wait;
    if (hopeless || spent) {
      await note(streams.error, stopText(pause.error, pause.until, id));
      return pause.error;
    }
    // A queue that is slow to count is asked less often.
    await clock.sleep(Math.max(lookMs, 10 * (clock.monotonic() - began)), signal).catch(() => {});
  }
}

const ends: ReadonlySet<ItemOutcome['end']> = new Set(['completed', 'dead', 'lost']);

function stopText(error: ServiceError, until: number, id: string): string {
  const go = `\`market-data jobs resume ${id}\` goes on`;
  if (error.kind === 'configuration') return `stopped: ${oneLine(error.message)}; afterwards ${go}`;
  return `stopped, the day's calls are spent: ${go} after ${isoInstant(until)}`;
}
