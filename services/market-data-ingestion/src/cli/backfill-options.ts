import type { Tier } from '../jobs/job.ts';

/** How a job is worked on or followed. */
export interface RunJobOptions {
  readonly source?: string;
  /** Waits for the next day where the day's calls are spent. */
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** What `backfill` is asked for, beside the symbols. */
export interface BackfillOptions extends RunJobOptions {
  readonly interval: string;
  readonly from: string;
  readonly to?: string;
  readonly adjusted?: boolean;
  readonly both?: boolean;
  readonly tier?: Tier;
  readonly dryRun?: boolean;
}
