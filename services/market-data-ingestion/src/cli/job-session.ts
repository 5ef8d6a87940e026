import { createJobs, type Jobs } from '../jobs/create-jobs.ts';
import type { Application } from './composition.ts';

/** Opens the jobs of the chosen vendor; whoever opens them closes them. */
export async function openJobs(application: Application): Promise<Jobs> {
  const { configuration: configProvider, clock, monitoring, errorHandler, choice } = application;
  return await createJobs({ configProvider, clock, monitoring, errorHandler, ...choice });
}

/** Opens the jobs of the chosen vendor for one command and closes them after it. */
export async function withJobs<T>(application: Application, body: (jobs: Jobs) => Promise<T>): Promise<T> {
  const jobs = await openJobs(application);
  try {
    return await body(jobs);
  } finally {
    await jobs.close();
  }
}
