import type { DaemonClient } from '../daemon/daemon-client.ts';
import type { Jobs } from '../jobs/create-jobs.ts';
import { isSettled } from '../jobs/job.ts';
import { otherVendor } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { note, oneLine, type Streams } from './output.ts';
import type { Steps } from './progress.ts';

export interface WatchJobOptions {
  readonly daemon: DaemonClient;
  readonly steps: Steps;
  readonly signal: AbortSignal;
}

/** How often the job is looked at, at most, in milliseconds. */
const lookMs = 500;

/**
 * Says how a job goes on that a daemon works on, until it has ended or the signal aborts.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidOption`, when the daemon collects from somewhere else.
 */
export async function watchJob(
  { clock }: Pick<Application, 'clock'>,
  streams: Streams,
  { board, queue, source }: Pick<Jobs, 'board' | 'queue' | 'source'>,
  id: string,
  { daemon, steps, signal }: WatchJobOptions,
): Promise<void> {
  const active = await daemon.get<{ source: string }>('/');
  if (active.source !== source) throw otherVendor(active.source);
  await note(streams.error, `the daemon (process ${daemon.pid}) works on it`);
  const told = new Set((await board.ended(id)).map((work) => work.id));
  for (;;) {
    const began = clock.monotonic();
    for (const { id: item, state } of await board.ended(id)) {
      if (!told.has(item)) steps.done(`${oneLine(item)}: ${state === 'failed' ? 'failed for good' : state}`, 'say');
      told.add(item);
    }
    if (signal.aborted || isSettled(await queue.counts(id))) return;
    await clock.sleep(Math.max(lookMs, 10 * (clock.monotonic() - began)), signal).catch(() => {});
  }
}
