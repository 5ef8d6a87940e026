import type { Json } from '@quantumtrade/core-traits';

/** What a run of a task did. */
export interface TaskReport {
  /** One line for people. */
  readonly summary: string;
  /** The same as data. */
  readonly facts: { readonly [name: string]: Json };
  /** How many parts of it failed, of how many; a run in which all failed has failed. */
  readonly failed: number;
  readonly parts: number;
}

export interface TaskRunOptions {
  /** Ends the run: at a shutdown, or when another replica may have taken over. The task ends soon after it aborts. */
  readonly signal: AbortSignal;
}

/** Something that is done at certain times. What it does must bear being done again. */
export interface ScheduledTask {
  /** 1 to 50 small letters, digits, `-` and `_`; the same in every replica. */
  readonly name: string;
  /** Five fields, by the clocks of the exchange: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** Only on days with a session of the exchange, and not before its close. @default false */
  readonly afterSessions?: boolean | undefined;
  /** @throws what makes the whole run a failure; the signal's reason when it was ended. */
  run(options: TaskRunOptions): Promise<TaskReport>;
}
