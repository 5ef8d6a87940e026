import type { Clock } from '@quantumtrade/core-traits';
import { collectAll, type JobOutcome } from '../../collection/collect-all.ts';
import type { MarketDataIngestionService } from '../../service.ts';
import type { ScheduledTask, TaskReport } from '../task.ts';

export interface CollectTaskOptions extends Pick<ScheduledTask, 'name' | 'cron' | 'afterSessions'> {
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData'>;
  readonly clock: Clock;
  readonly symbols: readonly string[];
  readonly intervals: readonly string[];
  /** Collected first. */
  readonly prioritySymbols: readonly string[];
  /** How many series are collected at once. */
  readonly concurrency: number;
}

/** A report names no more failed series than this. */
const mostNamed = 20;

/** Collects the newest bars of some symbols. */
export function collectTask(options: CollectTaskOptions): ScheduledTask {
  const { name, cron, afterSessions, symbols, intervals, ...collecting } = options;
  const series = intervals.flatMap((interval) => [...new Set(symbols)].map((symbol) => ({ symbol, interval })));
  return {
    name,
    cron,
    afterSessions,
    run: async ({ signal }) => reportOf(await collectAll(series, { ...collecting, signal }), series.length),
  };
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
  const kinds = [...new Set(failures.map(({ kind, reason }) => (reason === null ? kind : `${kind}/${reason}`)))];
  const why = kinds.length === 0 ? '' : `; failed: ${kinds.slice(0, 3).join(', ')}`;
  return {
    summary: `${succeeded} of ${parts} series collected, ${sums.stored} new bars${why}`,
    facts: { series: parts, succeeded, ...sums, failures: failures.slice(0, mostNamed) },
    failed: parts - succeeded,
    parts,
  };
}
