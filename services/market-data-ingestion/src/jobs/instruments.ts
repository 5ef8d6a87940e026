import type { Instrument } from '@quantumtrade/core-traits';
import { tiers } from './job.ts';

type JobInstrument = 'enqueued' | 'ended' | 'depth' | 'oldestAge';

/** What is measured of jobs. */
export const jobInstruments: Readonly<Record<JobInstrument, Instrument>> = {
  enqueued: {
    name: 'backfill_jobs_enqueued_total',
    kind: 'counter',
    help: 'Items of jobs that this process has put into the queue.',
    labels: { tier: tiers },
  },
  ended: {
    name: 'backfill_jobs_completed_total',
    kind: 'counter',
    help: 'Items of jobs that came to their end in this process: completed, or failed for good.',
    labels: { tier: tiers, status: ['completed', 'failed'] },
  },
  depth: {
    name: 'backfill_queue_depth',
    kind: 'gauge',
    help: 'Items of jobs in the queue by their state; failed ones are the dead letters.',
    labels: { state: ['pending', 'inProgress', 'completed', 'failed', 'cancelled'] },
  },
  oldestAge: {
    name: 'backfill_oldest_age_seconds',
    kind: 'gauge',
    help: 'Time since the oldest item that still waits was put into the queue; 0 when none waits.',
  },
};
