import type { Json } from '@quantumtrade/core-traits';
import type { RunSummary } from './run-record.ts';
import type { TaskStatus } from './task-status.ts';

/** A run as JSON for people and programs: instants as ISO text in UTC, `null` for what is absent. */
export function runRow({ startedAt, finishedAt, outcome, summary, facts, due, missed }: RunSummary): {
  readonly [name: string]: Json;
} {
  return {
    outcome,
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
    due: instant(due),
    missed,
    summary,
    facts,
  };
}

/** A task as it is, as JSON. */
export function taskRow(task: TaskStatus): { readonly [name: string]: Json } {
  const { name, cron, timeZone, afterSessions, state, problem = null, runningSince, next, last } = task;
  return {
    name,
    cron,
    timeZone,
    afterSessions,
    state,
    problem,
    runningSince: instant(runningSince),
    next: next.map(instant),
    last: last === undefined ? null : runRow(last),
  };
}

function instant(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
