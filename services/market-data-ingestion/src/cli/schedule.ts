import { scheduleSection } from '../configuration/sections.ts';
import { createSchedule } from '../schedule/create-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { runRow, taskRow } from '../schedule/task-row.ts';
import type { TaskStatus } from '../schedule/task-status.ts';
import { noteSandbox } from './collect.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, oneLine, type Streams, table, write, writeJsonArray } from './output.ts';

export interface ScheduleOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/** `schedule`: every task with its times and what came of it last. Opens no database. */
export async function showSchedule(
  application: Application,
  streams: Streams,
  { json = false }: ScheduleOptions,
): Promise<ExitStatus> {
  return await withSchedule(application, async (schedule) => {
    await schedule.refresh();
    const tasks = schedule.status();
    if (json) await writeJsonArray(streams.out, tasks.map(plannedRow));
    else await write(streams.out, scheduleTable(tasks));
    if (!application.configuration.getConfigSection(scheduleSection).enabled) {
      await note(streams.error, 'schedule.enabled is false: no daemon runs it');
    }
    return exitStatus.succeeded;
  });
}

/** `schedule run <task>`: runs a task now. */
export async function runScheduled(
  application: Application,
  streams: Streams,
  name: string,
  { json = false }: ScheduleOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  return await withSchedule(application, async (schedule, service) => {
    await service.start();
    try {
      await noteSandbox(service.source, streams);
      const run = await schedule.runNow(name, { signal });
      if (json) await write(streams.out, `${JSON.stringify(runRow(run))}\n`);
      else await write(streams.out, `${name} ${run.outcome}: ${oneLine(run.summary)}\n`);
      if (signal.aborted) return exitStatus.interrupted;
      return run.outcome === 'succeeded' ? exitStatus.succeeded : exitStatus.failed;
    } finally {
      await service.stop();
    }
  });
}

async function withSchedule(
  application: Application,
  body: (schedule: Schedule, service: ReturnType<Application['service']>) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const { configuration: configProvider, databaseManager, monitoring, clock } = application;
  const service = application.service();
  const schedule = createSchedule({ configProvider, service, databaseManager, monitoring, clock });
  try {
    return await body(schedule, service);
  } finally {
    await schedule.stop();
  }
}

/** Without where the task is: this process runs none of it, whatever a daemon does. */
function plannedRow(task: TaskStatus): Record<string, unknown> {
  const { state, problem, runningSince, ...row } = taskRow(task);
  return row;
}

function scheduleTable(tasks: readonly TaskStatus[]): string {
  const rows = tasks.map(({ name, cron, timeZone, next: [next], last }) => [
    name,
    cron,
    timeZone,
    next === undefined ? '-' : isoInstant(next),
    last === undefined ? '-' : isoInstant(last.startedAt),
    last?.outcome ?? '-',
    last?.summary ?? '',
  ]);
  return table(['task', 'cron', 'zone', 'next run', 'last run', 'outcome', 'what it did'], rows);
}
