import type { DaemonClient } from '../daemon/daemon-client.ts';
import type { BackfillOptions, RunJobOptions } from './backfill-options.ts';
import { daemonSource } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { followJob } from './follow-job.ts';
import { type JobRow, jobOf, jobText } from './jobs.ts';
import { noteComplete } from './note-complete.ts';
import { note, type Streams, write } from './output.ts';
import { type PlanRow, showPlan } from './show-plan.ts';

/** History that is asked for of a daemon, as its interface takes it. */
export interface BackfillBody {
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly tier: BackfillOptions['tier'];
  readonly adjustments: readonly ('raw' | 'adjusted')[] | undefined;
}

/** `backfill` beside a daemon: that looks into its store, makes the job and works on it; this says how it goes on. */
export async function backfillByDaemon(
  application: Application,
  daemon: DaemonClient,
  streams: Streams,
  body: BackfillBody,
  options: BackfillOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  await daemonSource(daemon, options.source);
  if (options.dryRun === true) {
    const plan = await daemon.post<PlanRow>('/api/v1/backfill-plans', body);
    return await showPlan(application, streams, plan, options.json);
  }
  const made = await daemon.post<JobRow | { readonly job: null; readonly complete: number }>('/api/v1/backfills', body);
  if (made.job === null) {
    await noteComplete(streams, made.complete);
    if (options.json === true) await write(streams.out, 'null\n');
    else await note(streams.error, 'there is nothing to do');
    return exitStatus.succeeded;
  }
  return await followByDaemon(daemon, streams, made.job, options, signal);
}

/** Follows a job of the daemon to its end and prints it. Ctrl-C ends the following, not the job. */
export async function followByDaemon(
  daemon: DaemonClient,
  streams: Streams,
  id: string,
  { wait = false, json = false }: RunJobOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { row, pausedBy } = await followJob(daemon, id, { streams, wait, signal });
  await write(streams.out, json ? `${JSON.stringify(row)}\n` : jobText(jobOf(row)));
  if (signal.aborted) {
    await note(streams.error, `interrupted: the daemon goes on; \`market-data jobs cancel ${id}\` ends it`);
    return exitStatus.interrupted;
  }
  if (pausedBy !== undefined) {
    await note(streams.error, `the daemon is paused (${pausedBy}) and goes on by itself when it can`);
    return exitStatus.failed;
  }
  if (row.failed > 0)
    await note(streams.error, `${row.failed} items failed for good: see \`market-data dead-letters\``);
  return row.state === 'completed' ? exitStatus.succeeded : exitStatus.failed;
}
