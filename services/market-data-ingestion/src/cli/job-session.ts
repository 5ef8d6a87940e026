import { createJobs, type Jobs } from '../jobs/create-jobs.ts';
import type { Application } from './composition.ts';

/** Opens the jobs of the chosen vendor for one command and closes them after it. */
export async function withJobs<T>(application: Application, body: (jobs: Jobs) => Promise<T>): Promise<T> {
  const { configuration: configProvider, clock, monitoring, errorHandler, choice } = application;
  const jobs = await createJobs({ configProvider, clock, monitoring, errorHandler, ...choice });
  try {
    return await body(jobs);
  } finally {
    await jobs.close();
  }
}
