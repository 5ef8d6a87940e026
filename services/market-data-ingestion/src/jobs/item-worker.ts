import {
  type ClaimedWork,
  type Clock,
  type ErrorHandler,
  isServiceError,
  ServiceError,
  toServiceError,
  type WorkQueue,
} from '@quantumtrade/core-traits';
import type { Adjustment, Interval } from '@quantumtrade/shared-types';
import { seriesName } from '../collection/backfill.ts';
import { isComplete } from '../collection/months.ts';
import { distinctRequests, type GapRequest } from '../coverage/coverage-gaps.ts';
import type { CollectorMemory } from '../memory/collector-memory.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { type JobItem, readCheckpoint, readItem } from './job-item.ts';

export interface ItemWorkerDependencies {
  /** With `gaps`, what has come meanwhile is not asked for. */
  readonly service: ItemService;
  readonly queue: WorkQueue;
  readonly memory: Pick<CollectorMemory, 'finishedMonths' | 'finishMonth'>;
  readonly errorHandler: ErrorHandler;
  readonly clock: Clock;
  readonly database: string;
  /** How long an item is held without a sign of life, in milliseconds. */
  readonly leaseMs: number;
}

/** The part of a service that items need. */
export type ItemService = Pick<MarketDataIngestionService, 'collectSymbolData'> &
  Partial<Pick<MarketDataIngestionService, 'gaps'>>;

/** How one attempt at an item ended. */
export type ItemOutcome =
  | {
      readonly end: 'completed';
      readonly item: JobItem;
      readonly bars: number;
      /** Calls that were made: none where nothing was missing any more. */
      readonly calls: number;
      /** How many of its batches wait in the spool. */
      readonly spooled: number;
    }
  /** It is tried again later, or it is a dead letter. */
  | { readonly end: 'retried' | 'dead'; readonly error: ServiceError }
  /** The key may not be used now, or not any more: nobody's attempt was spent. */
  | { readonly end: 'refused'; readonly error: ServiceError }
  /** The caller gave up; the item waits for the next one. */
  | { readonly end: 'released' }
  /** It was cancelled, or somebody else has it. */
  | { readonly end: 'lost' };

interface Collected {
  readonly bars: number;
  readonly calls: number;
  readonly spooled: number;
}

const nothing: Collected = { bars: 0, calls: 0, spooled: 0 };

/** Backoff of what passes by itself and the error policy does not retry any more. */
const backoffMs = 30_000;
const longestBackoffMs = 900_000;

/** Carries out one item of a job: its calls one by one, each noted before the next begins. */
export class ItemWorker {
  readonly #dependencies: ItemWorkerDependencies;

  constructor(dependencies: ItemWorkerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Works on a claimed item until it ends or the signal gives up. @throws what the queue throws. */
  async run(work: ClaimedWork, signal: AbortSignal): Promise<ItemOutcome> {
    const { queue } = this.#dependencies;
    const lost = new AbortController();
    const over = new AbortController();
    const held = this.#hold(work, lost, over.signal);
    try {
      const item = readItem(work.payload);
      const collected = await this.#collect(work, item, AbortSignal.any([signal, lost.signal]));
      return (await queue.complete(work)) ? { end: 'completed', item, ...collected } : { end: 'lost' };
    } catch (thrown) {
      if (lost.signal.aborted) return { end: 'lost' };
      if (signal.aborted && !isServiceError(thrown)) {
        return (await queue.release(work)) ? { end: 'released' } : { end: 'lost' };
      }
      return await this.#failed(work, toServiceError(thrown));
    } finally {
      over.abort();
      await held;
    }
  }

  async #collect(work: ClaimedWork, item: JobItem, signal: AbortSignal): Promise<Collected> {
    const { queue, leaseMs } = this.#dependencies;
    let { done, bars } = readCheckpoint(work.checkpoint);
    let [calls, spooled] = [0, 0];
    for (; done < item.adjustments.length; done++) {
      const adjustment = item.adjustments[done] as Adjustment;
      const collected = await this.#call(work, item, adjustment, signal);
      bars += collected.bars;
      calls += collected.calls;
      spooled += collected.spooled;
      const last = done + 1 === item.adjustments.length;
      if (last) continue;
      const checkpoint = { done: done + 1, bars };
      if (!(await queue.progress(work, { leaseMs, checkpoint }))) throw new Error('the item is not held any more');
    }
    return { bars, calls, spooled };
  }

  async #call(
    { addedAt }: ClaimedWork,
    item: JobItem,
    adjustment: Adjustment,
    signal: AbortSignal,
  ): Promise<Collected> {
    const { service, memory, clock, database } = this.#dependencies;
    const { symbol, interval, month, source } = item;
    const adjusted = adjustment === 'adjusted';
    const series = seriesName({ database, source, interval, adjusted }, symbol);
    // A process that ended between storing and completing has left its word here, also of what waits in the spool.
    if (month !== undefined && (memory.finishedMonths(series).get(month) ?? 0) >= addedAt) return nothing;
    const pending = await this.#pending(item, adjustment, signal);
    if (pending?.length === 0) return nothing;
    const startedAt = clock.now();
    const options = { adjusted, priority: 'backfill', signal } as const;
    const outputSize = pending?.find((request) => request.month === undefined)?.outputSize ?? 'full';
    const chosen = month === undefined ? { outputSize } : { month };
    let collected: Collected;
    try {
      const result = await service.collectSymbolData(symbol, interval, { ...options, ...chosen });
      // Bars from the cache are not what the vendor has.
      if (result.source !== source) throw result.error ?? otherSource(source, result.source);
      collected = { bars: result.collectedCount, calls: 1, spooled: result.spooled > 0 ? 1 : 0 };
    } catch (error) {
      // That there is nothing is an answer too. It is not remembered: the vendor may get it later.
      if (isServiceError(error) && error.reason === 'noData') return { ...nothing, calls: 1 };
      throw error;
    }
    if (month !== undefined && isComplete(month, startedAt)) memory.finishMonth(series, month, startedAt);
    return collected;
  }

  /** What is missing of an item when its turn has come; `undefined` where nobody can say. */
  async #pending(
    { symbol, interval, from, to, source }: JobItem,
    adjustment: Adjustment,
    signal: AbortSignal,
  ): Promise<readonly GapRequest[] | undefined> {
    const { service } = this.#dependencies;
    if (from === undefined || to === undefined || service.gaps === undefined) return undefined;
    try {
      const query = { symbols: [symbol], interval: interval as Interval, source, adjustment, from, to };
      return distinctRequests(await service.gaps(query, { signal }));
    } catch (error) {
      signal.throwIfAborted();
      // Where the store is away, bars wait in the spool: a call too many is cheaper than none.
      if (isServiceError(error) && error.kind === 'database') return undefined;
      throw error;
    }
  }

  async #failed(work: ClaimedWork, error: ServiceError): Promise<ItemOutcome> {
    const { queue, errorHandler, clock } = this.#dependencies;
    if (isRefusalOfKey(error)) {
      return (await queue.release(work)) ? { end: 'refused', error } : { end: 'lost' };
    }
    const now = clock.now();
    const decision = errorHandler.handleError(error, {
      service: 'market-data-ingestion',
      operation: 'backfill',
      timestamp: now,
      attempt: work.attempts,
      metadata: { job: work.group, item: work.id },
    });
    const doubled = Math.min(backoffMs * 2 ** (work.attempts - 1), longestBackoffMs);
    const delay = decision.action === 'retry' ? decision.delayMs : doubled * (0.5 + clock.random() / 2);
    const end = await queue.fail(work, {
      failure: { kind: error.kind, reason: error.reason, message: error.message },
      retryable: decision.action === 'retry' || error.retryable,
      retryAt: Math.round(now + Math.max(delay, error.retryAfterMs ?? 0)),
    });
    return end === 'lost' ? { end } : { end, error };
  }

  /** Shows signs of life, and gives up when the item is somebody else's or cancelled. */
  async #hold(work: ClaimedWork, lost: AbortController, over: AbortSignal): Promise<void> {
    const { queue, clock, leaseMs } = this.#dependencies;
    for (;;) {
      try {
        await clock.sleep(leaseMs / 3, over);
      } catch {
        return;
      }
      // A queue that does not answer now may do so before the lease is over.
      const held = await queue.progress(work, { leaseMs }).catch(() => true);
      if (!held && !over.aborted) lost.abort(new Error('the item is not held any more'));
    }
  }
}

/** A limit that was reached, or a key that is not taken: every other item would be told the same. */
function isRefusalOfKey({ kind, reason, retryAfterMs }: ServiceError): boolean {
  if (kind === 'rateLimit') return retryAfterMs !== undefined;
  return kind === 'configuration' && (reason === 'authentication' || reason === 'missingApiKey');
}

function otherSource(wanted: string, got: string): ServiceError {
  return new ServiceError({
    kind: 'configuration',
    reason: 'invalidWork',
    message: `the item is about bars of ${wanted} and this process collects from ${got}: start it with that source`,
  });
}
