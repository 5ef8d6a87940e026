import type { BackgroundPart } from '../daemon/background-part.ts';
import type { Jobs } from '../jobs/create-jobs.ts';
import type { JobBoard } from '../jobs/job-board.ts';
import type { JobIntake } from '../jobs/job-intake.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { MarketDataIngestionService } from '../service.ts';
import type { Application } from './composition.ts';
import { openJobs } from './job-session.ts';
import { isoInstant } from './output.ts';

/** The part of a daemon that works on jobs, and takes those that others push; `board` is there while it runs. */
export function jobsPart(
  application: Application,
  service: MarketDataIngestionService,
): BackgroundPart & { board(): JobBoard | undefined } {
  let running: { readonly jobs: Jobs; readonly runner: JobRunner; readonly intake: JobIntake | undefined } | undefined;
  return {
    name: 'jobs',
    board: () => running?.jobs.board,
    start: async () => {
      const jobs = await openJobs(application, service);
      const runner = jobs.runner(service);
      const intake = await jobs.intake();
      running = { jobs, runner, intake };
      await intake?.start();
      await runner.start();
    },
    stop: async (options) => {
      if (running === undefined) return;
      const { jobs, runner, intake } = running;
      running = undefined;
      await intake?.stop(options);
      await runner.stop(options);
      await jobs.close();
    },
    health: () => {
      const pause = running?.runner.pause;
      return {
        pausedBy: pause?.error.reason ?? null,
        pausedUntil: pause === undefined ? null : isoInstant(pause.until),
      };
    },
  };
}
