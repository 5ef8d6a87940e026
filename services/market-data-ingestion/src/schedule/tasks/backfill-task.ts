import type { Clock, Json } from '@quantumtrade/core-traits';
import type { Interval } from '@quantumtrade/shared-types';
import { DateTime } from 'luxon';
import { isComplete } from '../../collection/months.ts';
import type { Jobs } from '../../jobs/create-jobs.ts';
import type { ScheduledTask } from '../task.ts';

export interface BackfillRunOptions {
  /** Opens the jobs for one run, which closes them. */
  readonly jobs: () => Promise<Pick<Jobs, 'board' | 'close'>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly symbols: readonly string[];
  /** Within the day: of longer ones, one collection gives all there is. */
  readonly intervals: readonly Interval[];
  /** How many complete months there should be. */
  readonly months: number;
  /** The exchange's, which says what month it is. */
  readonly timeZone: string;
}

/** Makes jobs of the months that are missing, of the lowest tier. Whoever works on jobs gathers them. */
export function backfillRun(options: BackfillRunOptions): ScheduledTask['run'] {
  const { clock, symbols, intervals, timeZone } = options;
  return async ({ signal }) => {
    const { board, close } = await options.jobs();
    try {
      const now = clock.now();
      const range = completeMonths(now, options.months, timeZone);
      const made: { [name: string]: Json }[] = [];
      for (const interval of intervals) {
        signal.throwIfAborted();
        const plan = await board.plan({ symbols, interval, ...range, tier: 'T2' });
        await board.create(plan);
        made.push({ interval, job: plan.id, items: plan.items.length, complete: plan.finished });
      }
      const items = made.reduce((sum, { items: some }) => sum + Number(some), 0);
      return {
        summary: `${items} items of history wait or are gathered, ${range.from} to ${range.to}`,
        facts: { ...range, jobs: made },
        failed: 0,
        parts: intervals.length,
      };
    } finally {
      await close();
    }
  };
}

/** The current month would be asked for anew every night. */
function completeMonths(now: number, count: number, zone: string): { readonly from: string; readonly to: string } {
  const current = DateTime.fromMillis(now, { zone }).startOf('month');
  const nameOf = (monthsBack: number): string => current.minus({ months: monthsBack }).toFormat('yyyy-MM');
  const last = isComplete(nameOf(1), now) ? 1 : 2;
  return { from: nameOf(last + count - 1), to: nameOf(last) };
}
