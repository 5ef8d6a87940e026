import type { Instrument } from '@quantumtrade/core-traits';

const task = ['daily', 'weekly', 'backfill', 'maintenance'];
const outcome = ['succeeded', 'partial', 'failed', 'cancelled', 'lost'];

/** What the schedule counts. */
export const scheduleInstruments: Readonly<
  Record<'runs' | 'missed' | 'duration' | 'lastSuccess' | 'unavailable', Instrument>
> = {
  runs: {
    name: 'schedule_runs_total',
    kind: 'counter',
    help: 'Runs of scheduled tasks that ended here.',
    labels: { task, outcome },
  },
  missed: {
    name: 'schedule_missed_runs_total',
    kind: 'counter',
    help: 'Due times that came to no run of their own.',
    labels: { task },
  },
  duration: {
    name: 'schedule_run_duration_seconds',
    kind: 'timing',
    help: 'From the beginning of a run to its end.',
    labels: { task },
  },
  lastSuccess: {
    name: 'schedule_last_success_timestamp_seconds',
    kind: 'gauge',
    help: 'When a run of the task last succeeded here; seconds since the Unix epoch.',
    labels: { task },
  },
  unavailable: {
    name: 'schedule_lease_failures_total',
    kind: 'counter',
    help: 'Attempts to begin a run for which the lease could not be asked for.',
    labels: { task },
  },
};
