import { type Clock, isServiceError, type ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { CollectionResult } from '@quantumtrade/shared-types';
import pLimit from 'p-limit';
import type { CollectorMemory } from '../memory/collector-memory.ts';
import type { MarketDataIngestionService } from '../service.ts';
import type { CollectionJob, JobOutcome } from './collect-all.ts';
import type { CollectionOptions } from './collection-request.ts';
import { isComplete } from './months.ts';

/** History to gather: intraday bars of some symbols, month by month. */
export interface BackfillRequest {
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly adjusted: boolean;
  /** What is chosen in place of the settings. */
  readonly choices?: Pick<CollectionOptions, 'extendedHours' | 'entitlement'> | undefined;
  /** As `2024-01`, oldest first. */
  readonly months: readonly string[];
  /** The `source` of the bars. */
  readonly source: string;
  /** The database that they go to: a month that is complete in one may be missing in another. */
  readonly database: string;
  /** Symbols that go first within a month. */
  readonly prioritySymbols: readonly string[];
}

type MonthJob = CollectionJob & { readonly month: string };

/** How the collection of one month ended. */
type MonthOutcome = JobOutcome & { readonly job: MonthJob };

export interface BackfillPlan {
  /** What is still to be asked for, in order: month by month, priority symbols first. One call each. */
  readonly jobs: readonly MonthJob[];
  /** How many months of series are complete and will not be asked for again. */
  readonly finished: number;
}

/** What a backfill has to do, without asking the vendor for anything. */
export function planBackfill(request: BackfillRequest, memory: Pick<CollectorMemory, 'finishedMonths'>): BackfillPlan {
  const { symbols, interval, adjusted, choices, months, prioritySymbols } = request;
  const rank = (symbol: string): number => (prioritySymbols.includes(symbol) ? 0 : 1);
  const ordered = [...new Set(symbols)].toSorted((a, b) => rank(a) - rank(b));
  const complete = new Map(ordered.map((symbol) => [symbol, memory.finishedMonths(seriesName(request, symbol))]));
  const jobs = months.flatMap((month) =>
    ordered
      .filter((symbol) => complete.get(symbol)?.has(month) !== true)
      .map((symbol): MonthJob => ({ symbol, interval, adjusted, ...choices, month, priority: 'backfill' })),
  );
  return { jobs, finished: months.length * ordered.length - jobs.length };
}

export interface BackfillOptions {
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData'>;
  readonly clock: Clock;
  readonly memory: Pick<CollectorMemory, 'finishMonth'>;
  readonly concurrency: number;
  /** Begins nothing more and ends what is under way. */
  readonly signal: AbortSignal;
  readonly onOutcome: (outcome: MonthOutcome) => void;
}

export interface BackfillReport {
  /** In the order in which they ended. */
  readonly outcomes: readonly MonthOutcome[];
  /** What ended it early: the day's calls are spent, or the key is refused. */
  readonly stoppedBy: ServiceError | undefined;
}

/** A vendor that asks to wait this often for one month will not give it now. */
const mostWaits = 20;

/**
 * Carries a plan out. Each month is remembered as complete once it is stored, so that a backfill that ends in whatever
 * way goes on where it was; the current month never is. A spent day or a refused key ends it, because every further call
 * would be answered the same.
 */
export async function runBackfill(
  request: BackfillRequest,
  { jobs }: BackfillPlan,
  options: BackfillOptions,
): Promise<BackfillReport> {
  const { service, clock, memory, concurrency, signal, onOutcome } = options;
  const outcomes: MonthOutcome[] = [];
  let stoppedBy: ServiceError | undefined;

  const collect = async ({ symbol, interval, ...rest }: MonthJob): Promise<CollectionResult> => {
    for (let waits = 0; ; waits++) {
      try {
        return await service.collectSymbolData(symbol, interval, { ...rest, signal });
      } catch (error) {
        const wait =
          isServiceError(error) && error.kind === 'rateLimit' && error.retryable ? error.retryAfterMs : undefined;
        if (wait === undefined || waits >= mostWaits) throw error;
        await clock.sleep(wait, signal);
      }
    }
  };

  const run = async (job: MonthJob): Promise<void> => {
    if (signal.aborted || stoppedBy !== undefined) return;
    const began = clock.monotonic();
    const startedAt = clock.now();
    let outcome: MonthOutcome;
    try {
      const result = await collect(job);
      outcome = { job, durationMs: Math.round(clock.monotonic() - began), result };
      // Bars from the cache are not what the vendor has of the month.
      if (result.source === request.source && isComplete(job.month, startedAt)) {
        memory.finishMonth(seriesName(request, job.symbol), job.month, startedAt);
      }
    } catch (thrown) {
      if (signal.aborted && !isServiceError(thrown)) return;
      const error = toServiceError(thrown);
      if (error.reason === 'dailyQuota' || error.kind === 'configuration') {
        const first = stoppedBy === undefined;
        stoppedBy ??= error;
        if (!first) return;
      }
      outcome = { job, durationMs: Math.round(clock.monotonic() - began), error };
    }
    outcomes.push(outcome);
    onOutcome(outcome);
  };

  const limit = pLimit(concurrency);
  await Promise.all(jobs.map((job) => limit(run, job)));
  return { outcomes, stoppedBy };
}

/** How the memory of complete months names a series. */
export function seriesName(
  {
    database,
    source,
    interval,
    adjusted,
    choices,
  }: Pick<BackfillRequest, 'database' | 'source' | 'interval' | 'adjusted' | 'choices'>,
  symbol: string,
): string {
  const name = [database, source, symbol, interval, adjusted ? 'adjusted' : 'raw'];
  // A month without its extended hours is not all of the month.
  return [...name, ...(choices?.extendedHours === false ? ['regular'] : [])].join(' ');
}
