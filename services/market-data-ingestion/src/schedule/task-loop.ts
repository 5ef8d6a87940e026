import { type Clock, type MonitoringProvider, ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { DueTimes } from './due-times.ts';
import { scheduleInstruments as instruments } from './instruments.ts';
import type { RunSummary } from './run-record.ts';
import type { TaskRunner } from './task-runner.ts';

export interface TaskLoopDependencies {
  readonly name: string;
  readonly times: DueTimes;
  readonly runner: TaskRunner;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** Wait before a run is tried for again that another replica has or whose lease cannot be asked for, in milliseconds. */
  readonly retryMs: number;
  /** Whether what was due while nothing ran is run at the start, once. */
  readonly catchUp: boolean;
}

/**
 * Where a task is: `stopped`, `waiting` for its time, `running` here, `elsewhere` (another replica has the run), or
 * `unavailable` (due, and nobody can say who runs it, so nobody does).
 */
export type TaskState = 'stopped' | 'waiting' | 'running' | 'elsewhere' | 'unavailable';

/** The wall clock is looked at this often, so that a sleep of the machine delays no run for longer. */
const longestSleepMs = 60_000;

/** Runs one task when it is due, one run at a time, until it is stopped. */
export class TaskLoop {
  readonly #dependencies: TaskLoopDependencies;
  readonly #stop: AbortController = new AbortController();
  readonly #cancel: AbortController = new AbortController();
  readonly #underWay: Set<Promise<unknown>> = new Set();
  #state: TaskState = 'stopped';
  #problem: string | undefined;
  /** The newest due time that needs nothing any more. */
  #settled = Number.NaN;
  /** Resolves when the loop has looked once at what is known: it holds the task's lease for a moment then. */
  readonly #looked: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  /** Nothing is due before this instant. */
  #next = Number.NEGATIVE_INFINITY;

  constructor(dependencies: TaskLoopDependencies) {
    this.#dependencies = dependencies;
  }

  get state(): TaskState {
    return this.#dependencies.runner.runningSince === undefined ? this.#state : 'running';
  }

  /** Why it does not run although it is due. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Begins to wait for due times. To be called once. */
  start(): void {
    this.#state = 'waiting';
    void this.#track(this.#work());
  }

  /**
   * Begins a run now, whether or not the task is due; `done` gives what came of it.
   *
   * @throws ServiceError of kind `system`, reason `taskRunning`, while a run of it is under way anywhere; of kind
   * `database` when that cannot be known.
   */
  async begin(signal: AbortSignal): Promise<{ readonly done: Promise<RunSummary> }> {
    const { name, runner } = this.#dependencies;
    if (this.#state !== 'stopped') await this.#looked.promise;
    const acquired = await runner.acquire();
    if (acquired === undefined) {
      const message = `a run of the task ${name} is under way, here or in another process: wait for its end`;
      throw new ServiceError({ kind: 'system', reason: 'taskRunning', message, retryable: true });
    }
    const { lease, record } = acquired;
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    return { done: this.#track(runner.run(lease, { due: undefined, missed: 0, record, cancel })) };
  }

  /** Begins nothing more and waits for the run under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay);
    this.#state = 'stopped';
  }

  /** Ends the run under way; it is made up for later. */
  cancel(): void {
    this.#cancel.abort(new DOMException('the schedule is stopping', 'AbortError'));
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => {}).finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return await work;
  }

  async #work(): Promise<void> {
    const { clock, retryMs } = this.#dependencies;
    const startedAt = clock.now();
    while (!this.#stop.signal.aborted) {
      try {
        if (Number.isNaN(this.#settled)) {
          this.#settled = await this.#begin(startedAt).finally(() => this.#looked.resolve());
        }
        if (Number.isNaN(this.#settled)) await this.#sleep(retryMs);
        else await this.#step();
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#cannotBegin(error);
        await this.#sleep(retryMs);
      }
    }
  }

  /** From when on due times count; not a number while another replica is about to note that. */
  async #begin(startedAt: number): Promise<number> {
    const { runner, catchUp } = this.#dependencies;
    const acquired = await runner.acquire();
    const { settled, since } = acquired?.record ?? (await runner.refresh());
    const known = settled ?? since;
    if (acquired !== undefined) {
      // At the first start of all, nothing was missed yet. Else noted once more, for the copy in this data directory.
      const { lease, record } = acquired;
      await runner.note(lease, known === undefined ? { ...record, since: startedAt } : record);
    } else if (known === undefined) return Number.NaN;
    return catchUp && known !== undefined ? Math.min(known, startedAt) : startedAt;
  }

  async #step(): Promise<void> {
    const { times, clock, runner, retryMs } = this.#dependencies;
    const now = clock.now();
    const due = now < this.#next ? undefined : times.newest(this.#settled, now);
    if (due === undefined) {
      this.#is('waiting');
      if (now >= this.#next) this.#next = times.next(Math.max(now, this.#settled)) ?? Number.POSITIVE_INFINITY;
      return await this.#sleep(Math.min(this.#next - now, longestSleepMs));
    }
    const acquired = await runner.acquire();
    if (acquired === undefined) {
      this.#is('elsewhere');
      return await this.#sleep(retryMs);
    }
    this.#is('waiting');
    const { lease, record } = acquired;
    const done = (record.settled ?? Number.NEGATIVE_INFINITY) >= due.at ? record : runner.unwritten(due.at);
    if (done !== undefined) {
      // Noted once more, for the copy in this replica's data directory.
      await runner.note(lease, done);
      this.#settled = Math.max(due.at, Math.min(now, done.settled ?? due.at));
      return;
    }
    const since = record.settled ?? record.since;
    const all = since === undefined ? due : (times.newest(since, now) ?? due);
    const occasion = { due: due.at, missed: all.count - 1, record, cancel: this.#cancel.signal };
    const { outcome } = await runner.run(lease, occasion);
    if (outcome === 'cancelled' || outcome === 'lost') return await this.#sleep(retryMs);
    if (runner.unwritten(due.at) === undefined) this.#settled = due.at;
    else await this.#sleep(retryMs);
  }

  #is(state: TaskState): void {
    const { monitoring, name } = this.#dependencies;
    if (this.#problem !== undefined) monitoring.logInfo('a scheduled task can begin again', { task: name });
    this.#state = state;
    this.#problem = undefined;
  }

  #cannotBegin(thrown: unknown): void {
    const { monitoring, name } = this.#dependencies;
    const { kind, reason, message } = toServiceError(thrown);
    monitoring.recordCounter(instruments.unavailable, 1, { task: name });
    if (this.#problem !== message) {
      const facts = { task: name, kind, reason, error: message };
      monitoring.logError('a scheduled task cannot begin: who runs it cannot be agreed on', facts);
    }
    this.#state = 'unavailable';
    this.#problem = message;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await this.#dependencies.clock.sleep(milliseconds, this.#stop.signal).catch(() => {});
  }
}
