import { type Clock, isServiceError, type ServiceError, toServiceError } from '@quantumtrade/core-traits';
import type { CollectionResult } from '@quantumtrade/shared-types';
import pLimit from 'p-limit';
import type { MarketDataIngestionService } from '../service.ts';
import type { CollectionOptions } from './collection-request.ts';

/** One series to collect. */
export interface CollectionJob extends Omit<CollectionOptions, 'signal'> {
  readonly symbol: string;
  readonly interval: string;
}

/** How one job ended. */
export type JobOutcome =
  /** `durationMs` is from its turn to its end. */
  | { readonly job: CollectionJob; readonly durationMs: number; readonly result: CollectionResult }
  | { readonly job: CollectionJob; readonly durationMs: number; readonly error: ServiceError };

export interface CollectAllOptions {
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData'>;
  readonly clock: Clock;
  /** How many collections run at once. */
  readonly concurrency: number;
  /** Symbols that go first. */
  readonly prioritySymbols?: readonly string[] | undefined;
  /** Begins nothing more and ends what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Told about each job as it ends. */
  readonly onOutcome?: (outcome: JobOutcome) => void;
}

/**
 * Collects several series side by side. One failure does not touch the others. The outcomes come in the order of the
 * jobs; after an abort only the finished ones come.
 */
export async function collectAll(jobs: readonly CollectionJob[], options: CollectAllOptions): Promise<JobOutcome[]> {
  const { service, clock, concurrency, prioritySymbols = [], signal, onOutcome } = options;
  const outcomes = new Map<CollectionJob, JobOutcome>();
  const goesFirst = ({ symbol }: CollectionJob): boolean => prioritySymbols.includes(symbol.toUpperCase());
  const run = async (job: CollectionJob): Promise<void> => {
    if (signal?.aborted) return;
    const { symbol, interval, ...rest } = job;
    const began = clock.monotonic();
    const durationMs = (): number => Math.round(clock.monotonic() - began);
    let outcome: JobOutcome;
    try {
      const priority = rest.priority ?? (goesFirst(job) ? 'priority' : 'default');
      const result = await service.collectSymbolData(symbol, interval, { ...rest, priority, signal });
      outcome = { job, durationMs: durationMs(), result };
    } catch (error) {
      if (signal?.aborted && !isServiceError(error)) return;
      outcome = { job, durationMs: durationMs(), error: toServiceError(error) };
    }
    outcomes.set(job, outcome);
    onOutcome?.(outcome);
  };
  const limit = pLimit(concurrency);
  const ordered = jobs.toSorted((a, b) => Number(goesFirst(b)) - Number(goesFirst(a)));
  await Promise.all(ordered.map((job) => limit(run, job)));
  return jobs.flatMap((job) => outcomes.get(job) ?? []);
}
