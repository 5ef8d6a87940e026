import { type Clock, isServiceError } from '@quantumtrade/core-traits';
import type {
  BarBatch,
  BarRequest,
  BatchIdentity,
  CollectionOutcome,
  CollectionRecord,
  CollectionResult,
  ProcessedBars,
} from '@quantumtrade/shared-types';
import { noCounts } from './no-counts.ts';

type Stage = 'fetchMs' | 'processMs' | 'storeMs';

export interface CollectionTraceDependencies {
  readonly request: BarRequest;
  readonly identity: BatchIdentity;
  readonly source: string;
  readonly clock: Clock;
}

/** Watches one collection, and makes the record of what became of it. */
export class CollectionTrace {
  readonly identity: BatchIdentity;
  readonly #dependencies: CollectionTraceDependencies;
  readonly #began: number;
  readonly #stages: Partial<Record<Stage, number>> = {};
  #accepted: BarBatch | undefined;

  constructor(dependencies: CollectionTraceDependencies) {
    this.identity = dependencies.identity;
    this.#dependencies = dependencies;
    this.#began = dependencies.clock.monotonic();
  }

  /** Takes the time of a stage, with all its attempts and waits, also of one that fails. */
  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const { clock } = this.#dependencies;
    const began = clock.monotonic();
    try {
      return await work();
    } finally {
      this.#stages[stage] = clock.monotonic() - began;
    }
  }

  /** Takes note of the accepted bars. */
  accepted(batch: BarBatch): void {
    this.#accepted = batch;
  }

  /** The record of a collection that gave a result. */
  ended(result: CollectionResult): CollectionRecord {
    const { collectedCount, processedCount, cachedCount, stored, unchanged, duplicates, quarantined } = result;
    return {
      ...this.#common(outcomeOf(result), result.error),
      ...{ collectedCount, processedCount, cachedCount, stored, unchanged, duplicates, quarantined },
      spooled: result.spooled,
      qualityScore: result.qualityScore,
    };
  }

  /** The record of a collection whose bars wait for the store. */
  waiting({ collected, accepted, duplicates, quarantined, qualityScore }: ProcessedBars): CollectionRecord {
    return {
      ...this.#common('spooled', undefined),
      collectedCount: collected,
      processedCount: accepted.length,
      cachedCount: 0,
      stored: 0,
      unchanged: 0,
      duplicates,
      quarantined: quarantined.length,
      spooled: accepted.length,
      qualityScore,
    };
  }

  /** The record of a collection that threw. Its counts are 0: nobody was told of any. */
  failed(error: unknown, cancelled: boolean): CollectionRecord {
    return {
      ...this.#common(cancelled ? 'cancelled' : 'failed', cancelled ? undefined : error),
      ...noCounts,
      qualityScore: 0,
    };
  }

  #common(outcome: CollectionOutcome, error: unknown): CommonFields {
    const { request, source, clock } = this.#dependencies;
    const batch = this.#accepted;
    const fields = {
      ...this.#stages,
      firstOpenTime: batch?.openTime[0],
      lastOpenTime: batch?.openTime[batch.length - 1],
      lastRefreshed: batch?.lastRefreshed,
      // Of a range nobody knows afterwards how far it went: it is no full history.
      outputSize: request.from === undefined && request.to === undefined ? request.outputSize : undefined,
      month: request.month,
      errorKind: isServiceError(error) ? error.kind : error === undefined ? undefined : 'system',
      errorReason: isServiceError(error) ? error.reason : undefined,
    };
    return {
      symbol: request.symbol,
      interval: request.interval,
      source,
      adjustment: request.adjusted ? 'adjusted' : 'raw',
      ...this.identity,
      recordedAt: clock.now(),
      outcome,
      durationMs: clock.monotonic() - this.#began,
      ...fields,
    };
  }
}

type CommonFields = Omit<
  CollectionRecord,
  | 'collectedCount'
  | 'processedCount'
  | 'cachedCount'
  | 'stored'
  | 'unchanged'
  | 'duplicates'
  | 'quarantined'
  | 'spooled'
  | 'qualityScore'
>;

function outcomeOf(result: CollectionResult): CollectionOutcome {
  if (result.source === 'cache') return 'cached';
  if (result.source === 'none') return 'failed';
  return result.spooled > 0 ? 'spooled' : 'stored';
}
