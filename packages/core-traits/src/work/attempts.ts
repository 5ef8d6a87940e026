import type { ClaimedWork, WorkFailure, WorkRetry } from './work-queue.ts';

/** The failure of work that is a dead letter because every holder let its lease end; for those who implement a queue. */
export const leaseExpired: WorkFailure = {
  kind: 'system',
  reason: 'leaseExpired',
  message: 'whoever worked on it was gone at every attempt',
};

/** Whether a failed attempt is followed by another one, or makes the work a dead letter; for those who implement a queue. */
export function isTriedAgain(work: ClaimedWork, { retryable = true }: WorkRetry): boolean {
  return retryable && work.attempts < work.maxAttempts;
}
