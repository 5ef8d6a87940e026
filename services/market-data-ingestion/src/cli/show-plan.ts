import type { JobPlan } from '../jobs/job-board.ts';
import { openAccount } from './account.ts';
import { costOf, costText } from './backfill.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type Streams, table, write } from './output.ts';

/** A job as it would be made, as the HTTP interface prints it. */
export interface PlanRow {
  readonly job: string;
  /** Whether it is there already. */
  readonly known: boolean;
  /** Months, or series of longer bars, that need no call. */
  readonly complete: number;
  readonly calls: number;
  readonly order: readonly {
    readonly symbol: string;
    readonly month: string | null;
    readonly adjustments: readonly string[];
  }[];
}

/** The stable row of a plan. */
export function planRow({ id, known, items, calls, finished }: JobPlan): PlanRow {
  const order = items.map(({ symbol, month, adjustments }) => ({ symbol, month: month ?? null, adjustments }));
  return { job: id, known, complete: finished, calls, order };
}

/** Prints what a job would ask for, and what that takes of the plan. */
export async function showPlan(
  application: Application,
  streams: Streams,
  { job, known, complete, calls, order }: PlanRow,
  json = false,
): Promise<ExitStatus> {
  const account = openAccount(application);
  try {
    const cost = costOf(calls, account.vendor?.plan, await account.vendor?.quota.usage());
    if (json) {
      await write(streams.out, `${JSON.stringify({ job, known, complete, ...cost, order })}\n`);
      return exitStatus.succeeded;
    }
    const cells = order.map(({ symbol, month, adjustments }) => [symbol, month ?? 'all', adjustments.join(', ')]);
    if (cells.length > 0) await write(streams.out, table(['symbol', 'part', 'prices'], cells));
    await write(streams.out, `job ${job}${known ? ', which is there already' : ''}: ${costText(cost, complete)}`);
    return exitStatus.succeeded;
  } finally {
    await account.close();
  }
}
