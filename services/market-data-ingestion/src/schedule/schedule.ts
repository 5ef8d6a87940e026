import type { Clock, Json, Leases, Lifecycle, LifecycleOptions, MonitoringProvider } from '@quantumtrade/core-traits';
import { ServiceError } from '@quantumtrade/core-traits';
import type { MarketCalendar } from '@quantumtrade/market-calendar';
import { type DueTimes, dueTimes } from './due-times.ts';
import type { RunSummary } from './run-record.ts';
import type { ScheduledTask, TaskRunOptions } from './task.ts';
import { TaskLoop } from './task-loop.ts';
import { taskRow } from './task-row.ts';
import { TaskRunner } from './task-runner.ts';
import type { TaskStatus } from './task-status.ts';

/** How long a replica that gives no sign of life keeps a run, and what else is the same for all tasks. */
export interface ScheduleSettings {
  /** Whether `start` begins anything. @default true */
  readonly enabled?: boolean | undefined;
  readonly leaseMs: number;
  /** Wait before a run is tried for again that another replica has or whose lease cannot be asked for. */
  readonly retryMs: number;
  /** Whether what was due while nothing ran is run at the start, once. */
  readonly catchUp: boolean;
}

export interface ScheduleDependencies {
  readonly tasks: readonly ScheduledTask[];
  /** The exchange whose clocks and sessions count. */
  readonly calendar: MarketCalendar;
  /** Who runs a task where there are several replicas, and what is known of its runs. The schedule closes them. */
  readonly leases: Leases;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  readonly settings: ScheduleSettings;
}

interface Entry {
  readonly task: ScheduledTask;
  readonly times: DueTimes;
  readonly runner: TaskRunner;
  readonly loop: TaskLoop;
}

/** How long a run that was cancelled may take to end, in milliseconds. */
const graceMs = 1_000;

/**
 * Runs tasks at their times, by the clocks of an exchange. No task runs twice at once; what was due while nothing ran is
 * run once; of several replicas with the same leases, one runs each.
 */
export class Schedule implements Lifecycle {
  /** What a report of health calls it. */
  readonly name = 'schedule';
  readonly #dependencies: ScheduleDependencies;
  readonly #entries: readonly Entry[];
  #phase: 'new' | 'started' | 'stopped' = 'new';

  /** @throws ServiceError of kind `configuration`, reason `invalidSchedule`. */
  constructor(dependencies: ScheduleDependencies) {
    this.#dependencies = dependencies;
    const { tasks, calendar, leases, clock, monitoring, settings } = dependencies;
    const names = new Set<string>();
    this.#entries = tasks.map((task) => {
      if (!/^[a-z0-9_-]{1,50}$/.test(task.name) || names.has(task.name)) throw badName(task.name);
      names.add(task.name);
      const times = dueTimes({ cron: task.cron, calendar, afterSessions: task.afterSessions ?? false });
      const runner = new TaskRunner({ task, leases, clock, monitoring, leaseMs: settings.leaseMs });
      const { retryMs, catchUp } = settings;
      const loop = new TaskLoop({ name: task.name, times, runner, clock, monitoring, retryMs, catchUp });
      return { task, times, runner, loop };
    });
  }

  /** Begins to wait for due times; resolves at once. What was missed begins now. A stopped schedule stays so. */
  async start(): Promise<void> {
    if (this.#phase !== 'new' || !this.enabled) return;
    this.#phase = 'started';
    for (const { loop } of this.#entries) loop.start();
  }

  /**
   * Begins nothing more and waits for runs under way; when the signal aborts they are cancelled, and made up for at the
   * next start or by another replica.
   */
  async stop({ signal }: LifecycleOptions = {}): Promise<void> {
    this.#phase = 'stopped';
    const ended = Promise.all(this.#entries.map(({ loop }) => loop.stop()));
    const cancel = (): void => {
      for (const { loop } of this.#entries) loop.cancel();
    };
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    await (signal === undefined ? ended : Promise.race([ended, this.#graceAfter(signal, ended)]));
    signal?.removeEventListener('abort', cancel);
    await this.#dependencies.leases.close();
  }

  /**
   * Runs a task now, whether or not it is due and whether or not the schedule is started, and gives what came of it.
   *
   * @throws ServiceError: kind `configuration`, reason `unknownTask`; kind `system`, reason `taskRunning`, while a run of
   * it is under way anywhere; kind `database` when that cannot be known.
   */
  async runNow(name: string, options: Partial<TaskRunOptions> = {}): Promise<RunSummary> {
    const { done } = await this.begin(name, options);
    return await done;
  }

  /** As {@link Schedule.runNow}, and resolves when the run has begun. */
  async begin(
    name: string,
    { signal = new AbortController().signal }: Partial<TaskRunOptions> = {},
  ): Promise<{ readonly done: Promise<RunSummary> }> {
    const entry = this.#entries.find(({ task }) => task.name === name);
    if (entry === undefined) throw unknownTask(name, this.#entries);
    return await entry.loop.begin(signal);
  }

  /** Every task as it is, as far as this replica knows. */
  status(): readonly TaskStatus[] {
    const { clock, calendar } = this.#dependencies;
    return this.#entries.map(({ task, times, runner, loop }) => ({
      name: task.name,
      cron: task.cron,
      timeZone: calendar.timeZone,
      afterSessions: task.afterSessions ?? false,
      state: loop.state,
      problem: loop.problem,
      runningSince: runner.runningSince,
      next: nextOf(times, clock.now()),
      last: runner.record.last,
    }));
  }

  /** Whether `start` begins anything. */
  get enabled(): boolean {
    return this.#dependencies.settings.enabled ?? true;
  }

  /** The same as JSON, for a report of health: from memory, without secrets. */
  health(): { readonly [name: string]: Json } {
    const { exchange } = this.#dependencies.calendar;
    return { enabled: this.enabled, exchange, tasks: this.status().map(taskRow) };
  }

  /** Asks what other replicas and earlier processes did; `status` knows it then. @throws ServiceError of kind `database`. */
  async refresh(): Promise<void> {
    await Promise.all(this.#entries.map(({ runner }) => runner.refresh()));
  }

  async #graceAfter(signal: AbortSignal, ended: Promise<unknown>): Promise<void> {
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    const waiting = new AbortController();
    void ended.then(() => waiting.abort());
    await this.#dependencies.clock.sleep(graceMs, waiting.signal).catch(() => {});
  }
}

function nextOf(times: DueTimes, now: number): number[] {
  const found: number[] = [];
  for (let at = times.next(now); at !== undefined && found.length < 3; at = times.next(at)) found.push(at);
  return found;
}

function badName(name: string): ServiceError {
  const message = `${JSON.stringify(name.slice(0, 60))} cannot name a task: use small letters, digits, - and _, each name once`;
  return new ServiceError({ kind: 'configuration', reason: 'invalidSchedule', message });
}

function unknownTask(name: string, entries: readonly Entry[]): ServiceError {
  const known = entries.map(({ task }) => task.name).join(', ');
  const message = `there is no task ${JSON.stringify(name.slice(0, 60))} in the schedule: use one of ${known || 'none'}`;
  return new ServiceError({ kind: 'configuration', reason: 'unknownTask', message });
}
