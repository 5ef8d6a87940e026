import { ServiceError } from '@quantumtrade/core-traits';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { isSettled } from '../jobs/job.ts';
import { type JobRow, progressOf, type SummaryRow } from './jobs.ts';
import { note, oneLine, type Streams } from './output.ts';
import { createSteps } from './progress.ts';

export interface FollowJobOptions {
  readonly streams: Streams;
  /** Goes on following where the day's calls are spent. */
  readonly wait: boolean;
  /** Stops following; the daemon goes on. */
  readonly signal: AbortSignal;
}

/** A job as it was left, and what pauses the daemon's work on it where nobody waits for that. */
export interface FollowedJob {
  readonly row: JobRow;
  readonly pausedBy: string | undefined;
}

/** How often it is asked whether the work is paused, in milliseconds. */
const lookMs = 2_000;

/** Pauses that take until tomorrow, and those that last until somebody does something. */
const spent = 'dailyQuota';
const hopeless: readonly (string | null)[] = ['authentication', 'missingApiKey'];

/**
 * Says how a job goes on that a daemon works on, until it has ended, the signal aborts, or nothing goes on by itself.
 *
 * @throws ServiceError of kind `system`, reason `daemonGone`, when the daemon ends meanwhile.
 */
export async function followJob(daemon: DaemonClient, id: string, options: FollowJobOptions): Promise<FollowedJob> {
  const { streams, wait, signal } = options;
  const path = `/api/v1/backfills/${encodeURIComponent(id)}`;
  const before = await daemon.get<JobRow>(path);
  if (isSettled(progressOf(before).items)) return { row: before, pausedBy: undefined };
  await note(streams.error, `the daemon (process ${daemon.pid}) works on it`);
  const endedBefore = endedIn(before);
  const steps = createSteps('backfilling', before.pending + before.inProgress, streams);
  const over = new AbortController();
  const given = AbortSignal.any([signal, over.signal]);
  let pausedBy: string | undefined;
  const look = async (): Promise<void> => {
    const { jobs } = await daemon.get<{ jobs?: { pausedBy: string | null } }>('/health');
    const reason = jobs?.pausedBy ?? null;
    if (reason === null || !(hopeless.includes(reason) || (reason === spent && !wait))) return;
    pausedBy = reason;
    over.abort();
  };
  // The stream tells if the daemon is gone.
  const timer = setInterval(() => void look().catch(() => {}), lookMs);
  let row: SummaryRow = before;
  try {
    let told = 0;
    for await (const { event, data } of daemon.events(`${path}/events`, given)) {
      if (event !== 'state') continue;
      row = JSON.parse(data);
      for (const ended = endedIn(row) - endedBefore; told < ended; told += 1) {
        steps.done(`${oneLine(id)}: ${stateText(row)}`, told === ended - 1 ? 'say' : undefined);
      }
    }
  } finally {
    clearInterval(timer);
    steps.stop();
  }
  if (!given.aborted && !isSettled(progressOf(row).items)) {
    const message = `the daemon (process ${daemon.pid}) has ended: the next one, or \`market-data jobs resume\`, goes on`;
    throw new ServiceError({ kind: 'system', reason: 'daemonGone', message, retryable: true });
  }
  return { row: await daemon.get<JobRow>(path), pausedBy };
}

function endedIn({ completed, failed, cancelled }: SummaryRow): number {
  return completed + failed + cancelled;
}

function stateText({ completed, failed, cancelled, pending, inProgress }: SummaryRow): string {
  const counts = { completed, failed, cancelled, left: pending + inProgress };
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([what, count]) => `${count} ${what}`).join(', ');
}
