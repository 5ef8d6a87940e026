import type { Jobs } from '../jobs/create-jobs.ts';
import type { JobRunner, JobRunnerDependencies } from '../jobs/job-runner.ts';
import { noteSandbox } from './collect.ts';
import type { Application } from './composition.ts';
import type { Streams } from './output.ts';
import { settleSpool } from './settle-spool.ts';

export interface RunJobsOptions {
  readonly onOutcome: NonNullable<JobRunnerDependencies['onOutcome']>;
  /** Gives back what is under way. */
  readonly signal: AbortSignal;
}

/** Works on jobs for as long as the body takes, and ends what is under way after it. */
export async function withRunner(
  application: Application,
  streams: Streams,
  jobs: Jobs,
  { onOutcome, signal }: RunJobsOptions,
  body: (runner: JobRunner) => Promise<void>,
): Promise<void> {
  const { clock, databaseManager } = application;
  const { spool } = databaseManager;
  const service = application.service();
  await databaseManager.connect();
  const before = await spool.stats();
  let added = 0;
  await service.start();
  try {
    await noteSandbox(service.source, streams);
    const runner = jobs.runner(service, (work, outcome) => {
      if (outcome.end === 'completed') added += outcome.spooled;
      onOutcome(work, outcome);
    });
    await runner.start();
    try {
      await body(runner);
    } finally {
      await runner.stop({ signal });
    }
    await settleSpool({ spool, clock, streams, before, added, signal });
  } finally {
    await service.stop();
  }
}
