import type { Jobs } from '../jobs/create-jobs.ts';
import type { Application } from './composition.ts';
import { describeAttempt } from './describe-attempt.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { withJobs } from './job-session.ts';
import { note, type Streams } from './output.ts';
import { type RunJobsOptions, withRunner } from './run-jobs.ts';
import { alreadyServed } from './serve.ts';

export interface WorkJobsOptions {
  readonly source?: string;
  /** Ends once nothing waits. */
  readonly drain?: boolean;
}

/** How often it is looked whether anything waits, at most, in milliseconds. */
const lookMs = 250;

/** `jobs work`: works on all jobs, and takes those that others push, until it is told to end. */
export async function workJobs(
  application: Application,
  streams: Streams,
  options: WorkJobsOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { clock, daemon } = application;
  if (daemon !== undefined) throw alreadyServed(daemon.pid);
  const onOutcome: RunJobsOptions['onOutcome'] = ({ id }, outcome) => {
    const line = describeAttempt(id, outcome);
    if (line !== undefined) streams.error.write(`${line}\n`);
  };
  const work = async (jobs: Jobs): Promise<ExitStatus> => {
    await withRunner(application, streams, jobs, { onOutcome, signal }, async () => {
      const intake = await jobs.intake();
      await intake?.start();
      await note(streams.error, intake === undefined ? 'working on jobs' : 'working on jobs, and taking pushed ones');
      try {
        while (!signal.aborted) {
          const began = clock.monotonic();
          if (options.drain === true) {
            const { pending, inProgress } = await jobs.queue.counts();
            if (pending + inProgress === 0) break;
          }
          await clock.sleep(Math.max(lookMs, 10 * (clock.monotonic() - began)), signal).catch(() => {});
        }
      } finally {
        await intake?.stop();
      }
    });
    return signal.aborted ? exitStatus.interrupted : exitStatus.succeeded;
  };
  return await withJobs(application, work, application.service());
}
