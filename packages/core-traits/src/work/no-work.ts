import type { WorkState } from './work-queue.ts';

/** Counts of a queue that holds nothing, to be added to; for those who implement one. */
export function noWork(): Record<WorkState, number> {
  return { pending: 0, inProgress: 0, completed: 0, failed: 0, cancelled: 0 };
}
