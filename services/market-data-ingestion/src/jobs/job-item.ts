import { type Json, ServiceError } from '@quantumtrade/core-traits';
import type { Adjustment } from '@quantumtrade/shared-types';
import { z } from 'zod';
import { type Tier, tiers } from './job.ts';

/** What an item of a job is about: one month of intraday bars of a symbol, or all of its longer ones. */
export interface JobItem {
  /** A digest of what the job was asked for, so that the same request finds its job again. */
  readonly request: string;
  readonly tier: Tier;
  readonly symbol: string;
  readonly interval: string;
  /** One call for each, in this order. */
  readonly adjustments: readonly Adjustment[];
  /** Intraday only. */
  readonly month?: string | undefined;
  /** First and last trading day that somebody wants, `2024-01-02`: what is there of them is not asked for. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The `source` of the bars. */
  readonly source: string;
}

/** What an item has done when it is interrupted. */
export interface ItemCheckpoint {
  /** How many of its calls are stored. */
  readonly done: number;
  readonly bars: number;
}

/** JSON has no `undefined`. */
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const itemSchema = z.object({
  request: z.string(),
  tier: z.enum(tiers),
  symbol: z.string(),
  interval: z.string(),
  adjustments: z.array(z.enum(['raw', 'adjusted'])).min(1),
  month: optionalText,
  from: optionalText,
  to: optionalText,
  source: z.string(),
});

const checkpointSchema = z.object({ done: z.int().min(0), bars: z.int().min(0) });

/** The item that a payload of the queue holds. @throws ServiceError of kind `configuration`, reason `invalidWork`. */
export function readItem(payload: Json): JobItem {
  const { success, data } = itemSchema.safeParse(payload);
  if (success) return data;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidWork',
    message: 'the work is no item of a job: purge it, and let this queue be used by market-data only',
  });
}

/** What was done before, or nothing. */
export function readCheckpoint(checkpoint: Json | undefined): ItemCheckpoint {
  const { success, data } = checkpointSchema.safeParse(checkpoint);
  return success ? data : { done: 0, bars: 0 };
}

/** How people and events name what an item is about, such as `2024-01`. */
export function partitionOf({ month }: Pick<JobItem, 'month'>): string {
  return month ?? 'all';
}
