import type { ServiceError } from '@quantumtrade/core-traits';
import type { Jobs } from '../jobs/create-jobs.ts';
import type { ItemOutcome } from '../jobs/item-worker.ts';
import { isSettled } from '../jobs/job.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { backfillByDaemon, followByDaemon } from './backfill-by-daemon.ts';
import type { BackfillOptions, RunJobOptions } from './backfill-options.ts';
import { daemonSource } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { describeAttempt } from './describe-attempt.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { withJobs } from './job-session.ts';
import { jobRow, jobText } from './jobs.ts';
import { noteComplete } from './note-complete.ts';
import { isoInstant, note, oneLine, type Streams, write } from './output.ts';
import { createSteps } from './progress.ts';
import { type RunJobsOptions, withRunner } from './run-jobs.ts';
import { planRow, showPlan } from './show-plan.ts';

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
  const request = { symbols, interval, from, to, tier, adjustments };
  const { daemon } = application;
  if (daemon !== undefined) return await backfillByDaemon(application, daemon, streams, request, options, signal);
  const work = async (jobs: Jobs): Promise<ExitStatus> => {
    const plan = await jobs.board.plan(request);
    if (options.dryRun === true) return await showPlan(application, streams, planRow(plan), options.json);
    await noteComplete(streams, plan.finished);
    if (plan.items.length === 0 && !plan.known) {
      if (options.json === true) await write(streams.out, 'null\n');
      else await note(streams.error, 'there is nothing to do');
      return exitStatus.succeeded;
    }
    await jobs.board.create(plan);
    return await runJob(application, streams, jobs, plan.id, options, signal);
  };
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
  const { daemon } = application;
  if (daemon !== undefined) {
    await daemonSource(daemon, options.source);
    return await followByDaemon(daemon, streams, id, options, signal);
  }
  return await withJobs(application, async (jobs) => {
    await jobs.board.show(id);
    return await runJob(application, streams, jobs, id, options, signal);
  });
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
    try {
      await withRunner(application, streams, jobs, { onOutcome, signal }, async (runner) => {
        stoppedBy = await untilEnded(application, streams, runner, jobs, id, options, signal);
      });
    } finally {
      steps.stop();
    }
  }
  const detail = await board.show(id);
  if (options.json === true) await write(streams.out, `${JSON.stringify(jobRow(detail))}\n`);
  else await write(streams.out, jobText(detail));
  if (signal.aborted) {
    await note(streams.error, `interrupted: \`market-data jobs resume ${id}\` goes on`);
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
