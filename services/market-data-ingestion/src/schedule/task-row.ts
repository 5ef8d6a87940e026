import type { Json } from '@quantumtrade/core-traits';
import type { RunSummary } from './run-record.ts';
import type { TaskStatus } from './task-status.ts';

/** A run as JSON for people and programs: instants as ISO text in UTC, `null` for what is absent. */
export type RunRow = {
  readonly outcome: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly due: string | null;
  readonly missed: number;
  readonly summary: string;
  readonly facts: { readonly [name: string]: Json };
};

/** A task as JSON. */
export type TaskRow = {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly afterSessions: boolean;
  /** `null` where no daemon says it. */
  readonly state: string | null;
  readonly problem: string | null;
  readonly runningSince: string | null;
  readonly next: readonly string[];
  readonly last: RunRow | null;
};

export function runRow({ startedAt, finishedAt, outcome, summary, facts, due, missed }: RunSummary): RunRow {
  return {
    outcome,
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
    due: due === undefined ? null : instant(due),
    missed,
    summary,
    facts,
  };
}

export function taskRow(task: TaskStatus): TaskRow {
  const { name, cron, timeZone, afterSessions, state, problem = null, runningSince, next, last } = task;
  return {
    name,
    cron,
    timeZone,
    afterSessions,
    state,
    problem,
    runningSince: runningSince === undefined ? null : instant(runningSince),
    next: next.map(instant),
    last: last === undefined ? null : runRow(last),
  };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
