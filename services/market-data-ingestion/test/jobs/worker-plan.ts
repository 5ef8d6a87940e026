import { createConfigurationProvider, systemClock } from '@quantumtrade/core-defaults';
import { RecordingMonitoring, ScriptedErrorHandler } from '@quantumtrade/core-testing';
import { sections } from '../../src/configuration/sections.ts';
import { createJobs, type Jobs } from '../../src/jobs/create-jobs.ts';

/** What a worker process is to do. */
export interface WorkerPlan {
  /** Its data directory. */
  readonly directory: string;
  readonly redisUrl?: string | undefined;
  /** Calls that were begun and answered, one a line. */
  readonly journal: string;
  /** Ends when so many items have ended. */
  readonly items: number;
  readonly workers: number;
  readonly itemsPerSecond: number | 'none';
  /** How long a call takes, at least and at most. */
  readonly callMs: readonly [number, number];
}

/** A line of the journal: a call began, or was answered. */
export interface JournalLine {
  readonly process: number;
  readonly call: string;
  readonly answered: boolean;
}

/** The jobs that workers and the test share. */
export async function openJobs(
  plan: Pick<WorkerPlan, 'directory' | 'redisUrl' | 'workers' | 'itemsPerSecond'>,
): Promise<Jobs> {
  const environment: Record<string, string> = {
    TEST_STORAGE__DATA_DIRECTORY: plan.directory,
    TEST_ALPHA_VANTAGE__API_KEY: 'a key that nobody is shown',
    TEST_JOBS__LEASE_SECONDS: '1',
    TEST_JOBS__MAX_ATTEMPTS: '100',
    TEST_JOBS__WORKERS: String(plan.workers),
    TEST_JOBS__ITEMS_PER_SECOND: String(plan.itemsPerSecond),
  };
  if (plan.redisUrl !== undefined) environment.TEST_REDIS__URL = plan.redisUrl;
  return await createJobs({
    configProvider: createConfigurationProvider({ sections, environmentPrefix: 'TEST_', environment }),
    clock: systemClock,
    monitoring: new RecordingMonitoring(),
    errorHandler: new ScriptedErrorHandler(),
  });
}

/** Names one call. */
export function callName(symbol: string, month: string | undefined, adjusted: boolean | undefined): string {
  return `${symbol} ${month} ${adjusted === true ? 'adjusted' : 'raw'}`;
}
