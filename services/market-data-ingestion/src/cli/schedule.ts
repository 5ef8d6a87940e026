import { createSchedule } from '../schedule/create-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { type RunRow, runRow, type TaskRow, taskRow } from '../schedule/task-row.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { noteSandbox } from './collect.ts';
import { daemonSource } from './collect-by-daemon.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { openJobs } from './job-session.ts';
import { note, oneLine, type Streams, table, write, writeJsonArray } from './output.ts';

export interface ScheduleOptions {
  readonly source?: string;
  readonly json?: boolean;
}

interface ScheduleReport {
  readonly enabled: boolean;
  readonly tasks: readonly TaskRow[];
}

/** `schedule`: every task with its times and what came of it last. Opens no database. */
export async function showSchedule(
  application: Application,
  streams: Streams,
  { source, json = false }: ScheduleOptions,
): Promise<ExitStatus> {
  const { enabled, tasks } = await reportOf(application, source);
  if (json) await writeJsonArray(streams.out, tasks);
  else await write(streams.out, scheduleTable(tasks));
  if (!enabled) await note(streams.error, 'schedule.enabled is false: no daemon runs it');
  return exitStatus.succeeded;
}

async function reportOf(application: Application, vendor: string | undefined): Promise<ScheduleReport> {
  const { daemon } = application;
  if (daemon !== undefined) {
    await daemonSource(daemon, vendor);
    return await daemon.get<ScheduleReport>('/api/v1/schedule');
  }
  return await withSchedule(application, async (schedule) => {
    await schedule.refresh();
    // Nobody runs it here, whatever replicas elsewhere do.
    const tasks = schedule.status().map((task) => ({ ...taskRow(task), state: null }));
    return { enabled: schedule.enabled, tasks };
  });
}

/** `schedule run <task>`: runs a task now. */
export async function runScheduled(
  application: Application,
  streams: Streams,
  name: string,
  { source, json = false }: ScheduleOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const run =
    application.daemon === undefined
      ? await runHere(application, streams, name, signal)
      : await runByDaemon(application, streams, name, source, signal);
  if (run === undefined) {
    await note(streams.error, 'interrupted: the daemon is told to cancel the run');
    return exitStatus.interrupted;
  }
  if (json) await write(streams.out, `${JSON.stringify(run)}\n`);
  else await write(streams.out, `${name} ${run.outcome}: ${oneLine(run.summary)}\n`);
  return run.outcome === 'succeeded' ? exitStatus.succeeded : exitStatus.failed;
}

async function runHere(application: Application, streams: Streams, name: string, signal: AbortSignal): Promise<RunRow> {
  return await withSchedule(application, async (schedule, service) => {
    await service.start();
    try {
      await noteSandbox(service.source, streams);
      return runRow(await schedule.runNow(name, { signal }));
    } finally {
      await service.stop();
    }
  });
}

/** How often a daemon is asked for the end of a run, in milliseconds. */
const pauseMs = 200;

/** How long a run that was cancelled is waited for, in milliseconds. */
const cancelMs = 1_000;

/** An abort cancels the run there; `undefined` when it has not ended soon after that. */
async function runByDaemon(
  { daemon, clock }: Application,
  streams: Streams,
  name: string,
  vendor: string | undefined,
  signal: AbortSignal,
): Promise<RunRow | undefined> {
  if (daemon === undefined) return undefined;
  await noteSandbox(await daemonSource(daemon, vendor), streams);
  const taskOf = ({ tasks }: ScheduleReport): TaskRow | undefined => tasks.find((task) => task.name === name);
  const path = `/api/v1/schedule/${encodeURIComponent(name)}/runs`;
  let task = taskOf(await daemon.post<ScheduleReport>(path, {}));
  const since = task?.runningSince ?? task?.last?.startedAt ?? '';
  let giveUpAt = Number.POSITIVE_INFINITY;
  while (clock.monotonic() < giveUpAt) {
    if (task?.last !== undefined && task.last !== null && task.last.startedAt >= since) return task.last;
    if (signal.aborted && giveUpAt === Number.POSITIVE_INFINITY) {
      await daemon.delete(path);
      giveUpAt = clock.monotonic() + cancelMs;
    }
    await clock.sleep(pauseMs, signal.aborted ? undefined : signal).catch(() => {});
    task = taskOf(await daemon.get<ScheduleReport>('/api/v1/schedule'));
  }
  return undefined;
}

/** The schedule of the settings, over the parts of an application. */
export function scheduleOf(application: Application, service: MarketDataIngestionService): Schedule {
  const { configuration: configProvider, databaseManager, monitoring, clock } = application;
  const jobs = () => openJobs(application, service);
  return createSchedule({ configProvider, service, databaseManager, monitoring, clock, jobs });
}

async function withSchedule<T>(
  application: Application,
  body: (schedule: Schedule, service: MarketDataIngestionService) => Promise<T>,
): Promise<T> {
  const service = application.service();
  const schedule = scheduleOf(application, service);
  try {
    return await body(schedule, service);
  } finally {
    await schedule.stop();
  }
}

function scheduleTable(tasks: readonly TaskRow[]): string {
  const rows = tasks.map(({ name, cron, timeZone, state, next: [next = '-'], last }) => [
    name,
    cron,
    timeZone,
    ...(state === null ? [] : [state]),
    next,
    last?.startedAt ?? '-',
    last?.outcome ?? '-',
    last?.summary ?? '',
  ]);
  const withState = tasks.some(({ state }) => state !== null);
  const head = ['task', 'cron', 'zone', ...(withState ? ['state'] : []), 'next run', 'last run', 'outcome'];
  return table([...head, 'what it did'], rows);
}
