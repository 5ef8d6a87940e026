import type { JobDetail, JobProgress, JobSummary } from '../jobs/job.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { withJobs } from './job-session.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';

export interface JobsOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/** `jobs`: every job and how far it is. */
export async function listJobs(application: Application, streams: Streams, options: JobsOptions): Promise<ExitStatus> {
  const list = await withJobs(application, ({ board }) => board.list());
  if (options.json === true) await writeJsonArray(streams.out, list.map(summaryRow));
  else if (list.length === 0) await note(streams.error, 'there are no jobs');
  else {
    const rows = list.map((job) => [job.id, job.interval, job.tier, isoInstant(job.createdAt), ...cells(job)]);
    await write(streams.out, table(['job', 'interval', 'tier', 'made (UTC)', ...columns], rows, counts));
  }
  return exitStatus.succeeded;
}

/** `jobs show <id>`: one job, by symbol. */
export async function showJob(
  application: Application,
  streams: Streams,
  id: string,
  options: JobsOptions,
): Promise<ExitStatus> {
  const job = await withJobs(application, ({ board }) => board.show(id));
  await write(streams.out, options.json === true ? `${JSON.stringify(jobRow(job))}\n` : jobText(job));
  return exitStatus.succeeded;
}

/** `jobs cancel <id>`: nothing more of it is begun. */
export async function cancelJob(application: Application, streams: Streams, id: string): Promise<ExitStatus> {
  const items = await withJobs(application, ({ board }) => board.cancel(id));
  await note(streams.error, `${items} items are cancelled`);
  return exitStatus.succeeded;
}

interface ProgressRow extends Readonly<Record<keyof JobProgress['items'], number>> {
  readonly state: JobProgress['state'];
}

/** A job as `jobs --json` prints it. */
export interface SummaryRow extends ProgressRow {
  readonly job: string;
  readonly interval: string;
  readonly tier: JobSummary['tier'];
  readonly createdAt: string;
}

/** A job as `jobs show --json` prints it, by symbol. */
export interface JobRow extends SummaryRow {
  readonly symbols: readonly (ProgressRow & { readonly symbol: string })[];
}

/** A job as `--json` prints it. */
export function jobRow(job: JobDetail): JobRow {
  const symbols = job.symbols.map(({ symbol, state, items }) => ({ symbol, state, ...items }));
  return { ...summaryRow(job), symbols };
}

/** The job that a daemon printed. */
export function jobOf({ job: id, interval, tier, createdAt, symbols, ...progress }: JobRow): JobDetail {
  return {
    ...{ id, interval, tier, createdAt: Date.parse(createdAt) },
    ...progressOf(progress),
    symbols: symbols.map(({ symbol, ...own }) => ({ symbol, ...progressOf(own) })),
  };
}

/** The same of how far it is. */
export function progressOf({ state, pending, inProgress, completed, failed, cancelled }: ProgressRow): JobProgress {
  return { state, items: { pending, inProgress, completed, failed, cancelled } };
}

/** A job for people: a line and one row a symbol. */
export function jobText(job: JobDetail): string {
  const rows = job.symbols.map((symbol) => [symbol.symbol, ...cells(symbol)]);
  const { id, interval, tier, state } = job;
  return `${table(['symbol', ...columns], rows, counts)}job ${id}, ${interval}, ${tier}: ${stateNames[state]}\n`;
}

/** A job as `jobs --json` prints it. */
export function summaryRow({ id, interval, tier, createdAt, state, items }: JobSummary): SummaryRow {
  return { job: id, interval, tier, createdAt: isoInstant(createdAt), state, ...items };
}

const counts = ['pending', 'in progress', 'completed', 'failed', 'cancelled'];
const columns = ['state', ...counts];

const stateNames: Readonly<Record<JobProgress['state'], string>> = {
  pending: 'pending',
  inProgress: 'in progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

function cells({ state, items }: JobProgress): string[] {
  const { pending, inProgress, completed, failed, cancelled } = items;
  return [stateNames[state], ...[pending, inProgress, completed, failed, cancelled].map(String)];
}
