import type { Clock } from '@quantumtrade/core-traits';
import { summaryRow } from '../cli/jobs.ts';
import { isSettled, type JobProgress } from '../jobs/job.ts';
import type { JobBoard } from '../jobs/job-board.ts';

interface BackfillEventsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many items had ended when the reader last heard of it. */
  readonly told: number;
}

/** How often a job is looked at, and how often a quiet stream says something, in milliseconds. */
const [lookMs, heartbeatMs] = [500, 15_000];

/**
 * How a job goes on, as server-sent events: `state` with the job whenever its items are in other states than before,
 * from now on to its end. Processes that work on a job share no memory, so the queue is looked at.
 */
export async function* backfillEvents(
  board: Pick<JobBoard, 'show' | 'progress'>,
  id: string,
  { clock, signal, told }: BackfillEventsOptions,
): AsyncGenerator<string> {
  const job = await board.show(id);
  let before = '';
  let quietSince = clock.monotonic();
  while (!signal.aborted) {
    const progress = await board.progress(id);
    const ended = endedIn(progress);
    const now = JSON.stringify(progress);
    const isFirst = before === '' && ended === told && told > 0;
    if (now !== before && !isFirst) {
      quietSince = clock.monotonic();
      yield `id: ${ended}\nevent: state\ndata: ${JSON.stringify(summaryRow({ ...job, ...progress }))}\n\n`;
    } else if (clock.monotonic() - quietSince >= heartbeatMs) {
      quietSince = clock.monotonic();
      yield ': still here\n\n';
    }
    before = now;
    if (isSettled(progress.items)) return;
    await clock.sleep(lookMs, signal).catch(() => {});
  }
}

/** How many items of a job have ended. */
export function endedIn({ items }: JobProgress): number {
  return items.completed + items.failed + items.cancelled;
}
