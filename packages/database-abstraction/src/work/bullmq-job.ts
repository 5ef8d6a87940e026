import type { Json, Work, WorkFailure, WorkState } from '@quantumtrade/core-traits';
import type { Job } from 'bullmq';

/** What a job of BullMQ carries for us. */
export interface JobData {
  readonly id: string;
  readonly group: string;
  readonly payload: Json;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly addedAt: number;
  /** Place in the order of adding. */
  readonly position: number;
  readonly checkpoint?: Json;
  readonly failure?: WorkFailure;
  /** Starts that BullMQ counts and the contract does not: those given back, and those before a requeue. */
  readonly uncounted: number;
}

/** How a job that BullMQ calls completed ended. */
export type Outcome = 'completed' | 'cancelled';

/** A piece of work as BullMQ has it. */
export type WorkJob = Job<JobData, Outcome>;

/** BullMQ refuses ids with colons and ids that are numbers. */
export function jobIdOf(id: string): string {
  return `w-${encodeURIComponent(id)}`;
}

/** The attempts that the contract counts. */
export function attemptsOf(job: WorkJob): number {
  return job.attemptsStarted - job.data.uncounted;
}

/** Makes a held job a dead letter. `begun` corrects for a start that was no attempt. */
export async function bury(job: WorkJob, failure: WorkFailure, lease: string, begun: number): Promise<void> {
  await job.updateData({ ...job.data, failure, uncounted: job.data.uncounted - begun });
  await job.moveToFailed(new Error(failure.message), lease, false);
}

/** A job as the contract describes it. */
export function toWork(job: WorkJob, state: WorkState): Work {
  const { id, group, payload, priority, maxAttempts, checkpoint, failure, addedAt } = job.data;
  // A failure is what the last attempt ended with; work that ended well has none.
  const shown = state === 'completed' ? undefined : failure;
  const shownEnd = state === 'pending' || state === 'inProgress' ? undefined : job.finishedOn;
  return {
    id,
    group,
    payload,
    priority,
    maxAttempts,
    state,
    attempts: attemptsOf(job),
    checkpoint,
    failure: shown,
    addedAt,
    ...(shownEnd === undefined ? {} : { endedAt: shownEnd }),
  };
}
