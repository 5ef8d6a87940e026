import type { RunSummary } from './run-record.ts';
import type { TaskState } from './task-loop.ts';

/** A task as it is now. Instants are milliseconds since the Unix epoch (UTC). */
export interface TaskStatus {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly afterSessions: boolean;
  readonly state: TaskState;
  /** Why it does not run although it is due. */
  readonly problem: string | undefined;
  /** Since when it runs here. */
  readonly runningSince: number | undefined;
  /** The next due times, oldest first. */
  readonly next: readonly number[];
  /** The last run that this replica knows of, wherever it was. */
  readonly last: RunSummary | undefined;
}
