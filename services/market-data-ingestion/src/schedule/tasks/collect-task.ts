import type { Clock } from '@quantumtrade/core-traits';
import { collectAll, type JobOutcome } from '../../collection/collect-all.ts';
import type { MarketDataIngestionService } from '../../service.ts';
import type { ScheduledTask, TaskReport } from '../task.ts';
import { type ActionLists, type ActionsService, collectActionLists } from './action-lists.ts';

export interface CollectTaskOptions extends Pick<ScheduledTask, 'name' | 'cron' | 'afterSessions'> {
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData'>;
  readonly clock: Clock;
  readonly symbols: readonly string[];
  readonly intervals: readonly string[];
  /** Collected first. */
  readonly prioritySymbols: readonly string[];
  /** How many series are collected at once. */
  readonly concurrency: number;
  /** Collects dividends and splits too, after the bars. */
  readonly actions?: ActionsService | undefined;
}

/** A report names no more failed series than this. */
const mostNamed = 20;

/** Collects the newest bars of some symbols, and what else belongs to them. */
export function collectTask(options: CollectTaskOptions): ScheduledTask {
  const { name, cron, afterSessions, symbols, intervals, actions, ...collecting } = options;
  const series = intervals.flatMap((interval) => [...new Set(symbols)].map((symbol) => ({ symbol, interval })));
  return {
    name,
    cron,
    afterSessions,
    run: async ({ signal }) => {
      const report = reportOf(await collectAll(series, { ...collecting, signal }), series.length);
      if (actions === undefined) return report;
      return withActions(report, await collectActionLists({ ...collecting, service: actions, symbols, signal }));
    },
  };
}

function withActions(report: TaskReport, { parts, stored, failures, reasons }: ActionLists): TaskReport {
  if (parts === 0) return report;
  const succeeded = parts - failures.length;
  const lists = { lists: parts, succeeded, stored, failures: failures.slice(0, mostNamed) };
  return {
    summary: `${report.summary}; ${succeeded} of ${parts} lists of actions collected, ${stored} new${whyOf(reasons)}`,
    facts: { ...report.facts, actions: lists },
    failed: report.failed + failures.length,
    parts: report.parts + parts,
  };
}

/** Some of the reasons for failures, each once. */
function whyOf(reasons: readonly string[]): string {
  const kinds = [...new Set(reasons)];
  return kinds.length === 0 ? '' : `; failed: ${kinds.slice(0, 3).join(', ')}`;
}

function reportOf(outcomes: readonly JobOutcome[], parts: number): TaskReport {
  const sums = { collected: 0, stored: 0, unchanged: 0, duplicates: 0, quarantined: 0, spooled: 0 };
  const failures = outcomes.flatMap((outcome) => {
    const error = 'error' in outcome ? outcome.error : outcome.result.error;
    if ('result' in outcome) {
      const { collectedCount, stored, unchanged, duplicates, quarantined, spooled } = outcome.result;
      sums.collected += collectedCount;
      sums.stored += stored;
      sums.unchanged += unchanged;
      sums.duplicates += duplicates;
      sums.quarantined += quarantined;
      sums.spooled += spooled;
    }
    if (error === undefined) return [];
    const { symbol, interval } = outcome.job;
    return [{ symbol, interval, kind: error.kind, reason: error.reason ?? null }];
  });
  const succeeded = outcomes.length - failures.length;
  const why = whyOf(failures.map(({ kind, reason }) => (reason === null ? kind : `${kind}/${reason}`)));
  return {
    summary: `${succeeded} of ${parts} series collected, ${sums.stored} new bars${why}`,
    facts: { series: parts, succeeded, ...sums, failures: failures.slice(0, mostNamed) },
    failed: parts - succeeded,
    parts,
  };
}
