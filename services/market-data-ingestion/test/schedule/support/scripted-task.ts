import type { ScheduledTask, TaskReport } from '../../../src/schedule/task.ts';

/** A task whose runs the test ends, and which remembers when they began. */
export interface ScriptedTask extends ScheduledTask {
  /** Instants at which runs began, as ISO text. */
  readonly begun: string[];
  /** Signals of the runs, in order. */
  readonly signals: AbortSignal[];
  /** Ends the run under way. */
  end(outcome?: TaskReport | Error): void;
}

const done: TaskReport = { summary: 'all done', facts: { parts: 1 }, failed: 0, parts: 1 };

/** A task that ends at once, or with `waits` when the test says so; an abort of its signal ends it too. */
export function scriptedTask(
  clock: { now(): number },
  options: Partial<Pick<ScheduledTask, 'name' | 'cron' | 'afterSessions'>> & { readonly waits?: boolean } = {},
): ScriptedTask {
  const { name = 'daily', cron = '30 16 * * 1-5', afterSessions = true, waits = false } = options;
  const begun: string[] = [];
  const signals: AbortSignal[] = [];
  let ending = Promise.withResolvers<TaskReport>();
  return {
    name,
    cron,
    afterSessions,
    begun,
    signals,
    end: (outcome = done) => {
      const { resolve, reject } = ending;
      ending = Promise.withResolvers();
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    },
    run: async ({ signal }) => {
      begun.push(new Date(clock.now()).toISOString().replace(':00.000Z', 'Z'));
      signals.push(signal);
      if (!waits) return done;
      const { promise } = ending;
      return await new Promise<TaskReport>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        promise.then(resolve, reject);
      });
    },
  };
}
