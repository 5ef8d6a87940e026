import { type Clock, type Json, toServiceError } from '@quantumtrade/core-traits';
import type { MaintainedTable, MarketDataMaintenance } from '@quantumtrade/database-abstraction';
import type { Interval } from '@quantumtrade/shared-types';
import type { ScheduledTask } from '../task.ts';

/** Rows that are deleted once they are old enough. */
interface Retention {
  readonly table: MaintainedTable;
  /** All intervals when left out. */
  readonly interval?: Interval | undefined;
  readonly days: number;
}

export interface MaintenanceTaskOptions extends Pick<ScheduledTask, 'name' | 'cron' | 'afterSessions'> {
  readonly maintenance: MarketDataMaintenance;
  readonly clock: Pick<Clock, 'now'>;
  readonly optimise: boolean;
  /** Everything is kept when there is none. */
  readonly retention: readonly Retention[];
  /** Whether temporary files are cleared away that nobody has touched for a day. */
  readonly cleanUp: boolean;
}

interface Step {
  readonly name: string;
  run(signal: AbortSignal): Promise<{ readonly text: string; readonly facts: Json }>;
}

const dayMs = 86_400_000;

/** Keeps the stores in order: deletes by age, merges, clears away. A step that fails does not keep the others back. */
export function maintenanceTask(options: MaintenanceTaskOptions): ScheduledTask {
  const { name, cron, afterSessions } = options;
  const steps = stepsOf(options);
  return {
    name,
    cron,
    afterSessions,
    run: async ({ signal }) => {
      const texts: string[] = [];
      const facts: Record<string, Json> = {};
      let failed = 0;
      for (const step of steps) {
        signal.throwIfAborted();
        try {
          const done = await step.run(signal);
          texts.push(done.text);
          facts[step.name] = done.facts;
        } catch (thrown) {
          signal.throwIfAborted();
          const { kind, reason = null, message } = toServiceError(thrown);
          failed += 1;
          texts.push(`${step.name} failed: ${message}`);
          facts[step.name] = { error: { kind, reason } };
        }
      }
      return { summary: texts.join('; ') || 'nothing is switched on', facts, failed, parts: steps.length };
    },
  };
}

function stepsOf({ maintenance, clock, optimise, retention, cleanUp }: MaintenanceTaskOptions): readonly Step[] {
  const now = (): number => clock.now();
  const retain: Step = {
    name: 'retention',
    run: async (signal) => {
      const rules = retention.map(({ table, interval, days }) => ({ table, interval, before: now() - days * dayMs }));
      const retired = await maintenance.retain(rules, { signal });
      const rows = retired.reduce((sum, { rows: some }) => sum + some, 0);
      return {
        text: `${rows} old rows deleted`,
        facts: retired.map(({ table, interval = null, rows: some }) => ({ table, interval, rows: some })),
      };
    },
  };
  const merge: Step = {
    name: 'optimise',
    run: async (signal) => {
      const tables = await maintenance.optimise({ signal });
      const merged = tables.reduce((sum, { partsBefore, partsAfter }) => sum + partsBefore - partsAfter, 0);
      return { text: `${merged} parts of tables merged away`, facts: tables.map((table) => ({ ...table })) };
    },
  };
  const clear: Step = {
    name: 'clean_up',
    run: async () => {
      const { files, bytes } = await maintenance.cleanUp({ before: now() - dayMs });
      return { text: `${files} temporary files and ${bytes} bytes cleared away`, facts: { files, bytes } };
    },
  };
  return [...(retention.length > 0 ? [retain] : []), ...(optimise ? [merge] : []), ...(cleanUp ? [clear] : [])];
}
