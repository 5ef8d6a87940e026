import type { WorkState } from '@quantumtrade/core-traits';
import type { Adjustment } from '@quantumtrade/shared-types';

/** How much a job matters: T0 goes before T1 and T1 before T2, and live collections go before all of them. */
export const tiers = ['T0', 'T1', 'T2'] as const;

export type Tier = (typeof tiers)[number];

/** Priority of a tier's work in the queue. */
export const priorityOfTier: Readonly<Record<Tier, number>> = { T0: 100, T1: 200, T2: 300 };

/** How many items of a tier may wait at once. */
export const defaultTierCaps: Readonly<Record<Tier, number>> = { T0: 20_000, T1: 20_000, T2: 40_000 };

/** History to gather. */
export interface JobRequest {
  readonly symbols: readonly string[];
  readonly interval: string;
  /** One call for each. @default ['raw'] */
  readonly adjustments?: readonly Adjustment[] | undefined;
  /** `2024-01` or `2024-01-15`; intraday bars come in whole months, and longer ones with all of their history. */
  readonly from: string;
  /** As above; the current month when left out. */
  readonly to?: string | undefined;
  /** @default 'T1' */
  readonly tier?: Tier | undefined;
}

/** `pending` has begun with nothing; the last three are ends. A job with dead letters has `failed`. */
export type JobState = WorkState;

/** How far a job, or one symbol of it, is. */
export interface JobProgress {
  readonly state: JobState;
  readonly items: Readonly<Record<WorkState, number>>;
}

export interface JobSummary extends JobProgress {
  readonly id: string;
  readonly interval: string;
  readonly tier: Tier;
  /** When its first item was added: milliseconds since the Unix epoch (UTC). */
  readonly createdAt: number;
}

export interface JobDetail extends JobSummary {
  /** In the order of the job. */
  readonly symbols: readonly (JobProgress & { readonly symbol: string })[];
}

/** The state of a job out of the states of its items. */
export function stateOf({ pending, inProgress, completed, failed, cancelled }: JobProgress['items']): JobState {
  if (inProgress > 0) return 'inProgress';
  if (pending > 0) return completed + failed + cancelled > 0 ? 'inProgress' : 'pending';
  if (cancelled > 0) return 'cancelled';
  return failed > 0 ? 'failed' : 'completed';
}

/** Whether none of the items has anything to come, unless somebody requeues it. */
export function isSettled({ pending, inProgress }: JobProgress['items']): boolean {
  return pending + inProgress === 0;
}
