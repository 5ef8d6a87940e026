import type { Work } from '@quantumtrade/core-traits';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { withJobs } from './job-session.ts';
import type { JobsOptions } from './jobs.ts';
import { note, type Streams, table, write, writeJsonArray } from './output.ts';

/** `dead-letters`: items of jobs that have no attempt left, and why. */
export async function deadLetters(
  application: Application,
  streams: Streams,
  options: JobsOptions,
): Promise<ExitStatus> {
  const letters = await withJobs(application, ({ board }) => board.deadLetters());
  if (options.json === true) await writeJsonArray(streams.out, letters.map(letterRow));
  else if (letters.length === 0) await note(streams.error, 'there are no dead letters');
  else {
    const rows = letters.map(({ id, attempts, failure }) => [
      id,
      String(attempts),
      `${failure?.kind ?? 'unknown'}/${failure?.reason ?? 'unknown'}`,
      failure?.message ?? '',
    ]);
    await write(streams.out, table(['item', 'attempts', 'reason', 'message'], rows, ['attempts']));
  }
  return exitStatus.succeeded;
}

/** `dead-letters requeue [id]`: all their attempts again, for one item, a job's, or all. */
export async function requeueDeadLetters(application: Application, streams: Streams, id?: string): Promise<ExitStatus> {
  const items = await withJobs(application, ({ board }) => board.requeue(id));
  await note(streams.error, `${items} items wait again: \`market-data jobs resume\` works on them`);
  return exitStatus.succeeded;
}

/** `dead-letters purge [id]`: forgets one item, a job's, or all. */
export async function purgeDeadLetters(application: Application, streams: Streams, id?: string): Promise<ExitStatus> {
  const items = await withJobs(application, ({ board }) => board.purge(id));
  await note(streams.error, `${items} dead letters are forgotten`);
  return exitStatus.succeeded;
}

/** An item as `dead-letters --json` prints it. */
export function letterRow({ id, group, attempts, failure }: Work): Record<string, unknown> {
  const { kind = null, reason = null, message = null } = failure ?? {};
  return { item: id, job: group, attempts, kind, reason, message };
}
