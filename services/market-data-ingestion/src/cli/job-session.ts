import { createJobs, type Jobs, type JobsDependencies } from '../jobs/create-jobs.ts';
import type { Application } from './composition.ts';

/** Opens the jobs of the chosen vendor; whoever opens them closes them. With a ledger they ask for what is pending. */
export async function openJobs(application: Application, ledger?: JobsDependencies['ledger']): Promise<Jobs> {
  const { configuration: configProvider, clock, monitoring, errorHandler, choice } = application;
  return await createJobs({ configProvider, clock, monitoring, errorHandler, ledger, ...choice });
}

/** Opens the jobs of the chosen vendor for one command and closes them after it. */
export async function withJobs<T>(
  application: Application,
  body: (jobs: Jobs) => Promise<T>,
  ledger?: JobsDependencies['ledger'],
): Promise<T> {
  const jobs = await openJobs(application, ledger);
  try {
    return await body(jobs);
  } finally {
    await jobs.close();
  }
}
