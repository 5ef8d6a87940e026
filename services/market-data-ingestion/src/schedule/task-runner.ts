import {
  type Clock,
  type Lease,
  type Leases,
  type MonitoringProvider,
  toServiceError,
} from '@quantumtrade/core-traits';
import { HeldLease } from './held-lease.ts';
import { scheduleInstruments as instruments } from './instruments.ts';
import { type RunOutcome, type RunRecord, type RunSummary, readRecord, recordText } from './run-record.ts';
import type { ScheduledTask, TaskReport } from './task.ts';

export interface TaskRunnerDependencies {
  readonly task: ScheduledTask;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** How long a replica that gives no sign of life keeps a run, in milliseconds. */
  readonly leaseMs: number;
}

/** What a run is for. */
export interface RunOccasion {
  /** `undefined` when somebody asked for it. */
  readonly due: number | undefined;
  readonly missed: number;
  /** What was known when the lease was taken. */
  readonly record: RunRecord;
  /** Ends the run. */
  readonly cancel: AbortSignal;
}

/** A record that is this far ahead was written by a clock that was wrong, and is not believed. */
const mostAheadMs = 3_600_000;

/** Wait between two attempts to note what a run did, in milliseconds. */
const noteAgainMs = 1_000;

/** Runs of one task, each under the task's lease, which it renews meanwhile and under which it notes what came of it. */
export class TaskRunner {
  readonly #dependencies: TaskRunnerDependencies;
  #record: RunRecord = {};
  #runningSince: number | undefined;
  /** What could not be noted because the lease was lost by then. */
  #unwritten: RunRecord | undefined;

  constructor(dependencies: TaskRunnerDependencies) {
    this.#dependencies = dependencies;
  }

  /** What is known of the runs in all replicas, as far as this one has heard. */
  get record(): RunRecord {
    return this.#record;
  }

  /** When the run that is under way here began: milliseconds since the Unix epoch (UTC). */
  get runningSince(): number | undefined {
    return this.#runningSince;
  }

  /** Asks what is known. @throws ServiceError of kind `database`. */
  async refresh(): Promise<RunRecord> {
    const { leases, task } = this.#dependencies;
    return this.#believe(await leases.noteOf(task.name));
  }

  /** The lease of the task and what is known under it; `undefined` while it is held elsewhere. @throws ServiceError. */
  async acquire(): Promise<{ readonly lease: Lease; readonly record: RunRecord } | undefined> {
    const { leases, task, leaseMs } = this.#dependencies;
    const lease = await leases.acquire(task.name, { leaseMs });
    return lease && { lease, record: this.#believe(lease.note) };
  }

  /** Notes a record under a lease and lets go of it. @throws ServiceError of kind `database`. */
  async note(lease: Lease, record: RunRecord): Promise<void> {
    try {
      if (await lease.write(recordText(record))) this.#record = record;
    } finally {
      await lease.release().catch(() => false);
    }
  }

  /** What a run here did that could not be noted, if it settles a due time. */
  unwritten(due: number): RunRecord | undefined {
    return (this.#unwritten?.settled ?? Number.NEGATIVE_INFINITY) >= due ? this.#unwritten : undefined;
  }

  /** Runs the task and lets go of the lease. Never throws: a failure is in the summary. */
  async run(lease: Lease, { due, missed, record, cancel }: RunOccasion): Promise<RunSummary> {
    const { task, clock, monitoring, leaseMs } = this.#dependencies;
    const held = new HeldLease({ lease, clock, leaseMs });
    const startedAt = clock.now();
    const began = clock.monotonic();
    this.#runningSince = startedAt;
    monitoring.logInfo('a scheduled task begins', { task: task.name, due: due && new Date(due).toISOString(), missed });
    const report = await this.#reportOf(AbortSignal.any([held.lost, cancel]));
    const outcome = outcomeOf(report, held.lost, cancel);
    const { summary, facts } = outcome === 'lost' ? { summary: messageOf(held.lost.reason), facts: {} } : report;
    const last: RunSummary = { startedAt, finishedAt: clock.now(), outcome, summary, facts, due, missed };
    this.#tell(last, clock.monotonic() - began);
    const tookPlace = outcome !== 'cancelled' && outcome !== 'lost';
    const settled = tookPlace ? (due ?? record.settled) : record.settled;
    const next = { since: record.since, settled, last };
    const noted = outcome !== 'lost' && (await this.#noteWhileHeld(lease, AbortSignal.any([held.lost, cancel]), next));
    if (!noted) {
      this.#unwritten = tookPlace ? next : undefined;
      this.#record = { ...record, last };
      monitoring.logWarn('what a scheduled task did could not be noted: the run may be repeated', { task: task.name });
    }
    await held.stop();
    await lease.release().catch(() => false);
    this.#runningSince = undefined;
    return last;
  }

  async #reportOf(signal: AbortSignal): Promise<TaskReport | Pick<RunSummary, 'summary' | 'facts'>> {
    try {
      return await this.#dependencies.task.run({ signal });
    } catch (thrown) {
      const { kind, reason = null, message } = toServiceError(thrown);
      return { summary: message, facts: { error: { kind, reason } } };
    }
  }

  /** `false` when the lease was lost, or nobody could wait any longer, before the note could be made. */
  async #noteWhileHeld(lease: Lease, given: AbortSignal, record: RunRecord): Promise<boolean> {
    for (;;) {
      try {
        const written = await lease.write(recordText(record));
        if (written) this.#record = record;
        return written;
      } catch {
        const again = await this.#dependencies.clock.sleep(noteAgainMs, given).then(
          () => true,
          () => false,
        );
        if (!again) return false;
      }
    }
  }

  #tell({ outcome, summary, missed, finishedAt }: RunSummary, durationMs: number): void {
    const { task, monitoring } = this.#dependencies;
    const labels = { task: task.name };
    monitoring.recordCounter(instruments.runs, 1, { ...labels, outcome });
    monitoring.recordTiming(instruments.duration, durationMs, labels);
    if (missed > 0) monitoring.recordCounter(instruments.missed, missed, labels);
    if (outcome === 'succeeded') monitoring.recordMetric(instruments.lastSuccess, finishedAt / 1000, labels);
    const facts = { ...labels, outcome, summary, durationMs: Math.round(durationMs), missed };
    if (outcome === 'succeeded') monitoring.logInfo('a scheduled task ended', facts);
    else if (outcome === 'failed') monitoring.logError('a scheduled task failed', facts);
    else monitoring.logWarn('a scheduled task did not succeed', facts);
  }

  #believe(note: string | undefined): RunRecord {
    const latest = this.#dependencies.clock.now() + mostAheadMs;
    const believable = (instant: number | undefined): number | undefined =>
      instant === undefined || instant > latest ? undefined : instant;
    const { since, settled, last } = readRecord(note);
    this.#record = { since: believable(since), settled: believable(settled), last };
    return this.#record;
  }
}

function outcomeOf(
  report: TaskReport | Pick<RunSummary, 'summary' | 'facts'>,
  lost: AbortSignal,
  cancel: AbortSignal,
): RunOutcome {
  // Also where a task took the end of its run for its own: what it had not begun was not done.
  if (lost.aborted) return 'lost';
  if (cancel.aborted) return 'cancelled';
  if (!('failed' in report)) return 'failed';
  if (report.failed === 0) return 'succeeded';
  return report.failed < report.parts ? 'partial' : 'failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
