import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, isServiceError, type MonitoringProvider } from '@quantumtrade/core-traits';
import type {
  BarRequest,
  CollectionFallback,
  CollectionResult,
  DataProcessor,
  MarketDataCollector,
  MarketDataStore,
  ProcessedBars,
  RawBars,
  Series,
} from '@quantumtrade/shared-types';
import type { GapWatch } from '../coverage/gap-watch.ts';
import { collectionInstruments as instruments } from '../instruments.ts';
import { rulesBroken, scoresSeen } from '../readings/quality-counts.ts';
import type { ServiceReadings } from '../readings/service-readings.ts';
import type { BatchKeeper, KeptBatch } from '../storage/batch-keeper.ts';
import type { Attempts, StepOutcome } from './attempts.ts';
import type { CollectionOptions } from './collection-request.ts';
import type { CollectionTrace } from './collection-trace.ts';
import { Deadline } from './deadline.ts';
import { noCounts } from './no-counts.ts';

/** Score of data that the fallback had (requirements register, S2). */
const cachedQualityScore = 80;

export interface BarCollectionDependencies {
  readonly collector: MarketDataCollector;
  readonly processor: DataProcessor;
  readonly attempts: Attempts;
  readonly keeper: Pick<BatchKeeper, 'keep'>;
  /** Is told of batches on their way. */
  readonly store: Pick<MarketDataStore, 'announce'>;
  readonly fallback: CollectionFallback;
  readonly readings: Pick<ServiceReadings, 'kept'>;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** How long one collection may take, waits included, in milliseconds. */
  readonly deadlineMs: number;
  /** Says what compact data did not reach back to; nobody does when left out. */
  readonly gapWatch?: Pick<GapWatch, 'before'> | undefined;
}

/** Collects one series: fetches, judges and keeps its bars, or finds what takes their place. */
export class BarCollection {
  readonly #dependencies: BarCollectionDependencies;

  constructor(dependencies: BarCollectionDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws ServiceError of any kind, with a reason; the reason of the signal when the caller gave up. */
  async run(request: BarRequest, options: CollectionOptions, trace: CollectionTrace): Promise<CollectionResult> {
    const { clock, monitoring, deadlineMs } = this.#dependencies;
    const labels = { interval: request.interval };
    const began = clock.monotonic();
    const deadline = new Deadline({ clock, milliseconds: deadlineMs, signal: options.signal });
    monitoring.recordCounter(instruments.attempts, 1, labels);
    try {
      return await this.#collect(request, { deadline, began, trace, priority: options.priority });
    } catch (error) {
      // A caller that gave up is no failure of the collection.
      options.signal?.throwIfAborted();
      const kind = isServiceError(error) ? error.kind : 'system';
      monitoring.recordCounter(instruments.failures, 1, { ...labels, kind });
      throw error;
    } finally {
      deadline.finish();
      monitoring.recordTiming(instruments.duration, clock.monotonic() - began, labels);
    }
  }

  async #collect(
    request: BarRequest,
    { deadline, began, trace, priority }: CollectionContext,
  ): Promise<CollectionResult> {
    const { clock, collector, processor, attempts, keeper, fallback, readings } = this.#dependencies;
    const { identity } = trace;
    const metadata = { symbol: request.symbol, interval: request.interval, batchId: identity.batchId };
    const finish = (result: Counts): CollectionResult => ({
      symbol: request.symbol,
      interval: request.interval,
      collectionTime: identity.acceptedAt,
      processingDurationMs: Math.round(clock.monotonic() - began),
      batchId: identity.batchId,
      warnings: [],
      ...result,
    });

    void this.#announce(seriesOf(request, collector.source), identity);
    const fetching = {
      operation: 'fetch',
      metadata,
      run: () => collector.fetchBars(request, { signal: deadline.signal, patienceMs: deadline.remainingMs, priority }),
    };
    const fetched = await trace.timed('fetchMs', () => attempts.run(fetching, deadline));
    if ('error' in fetched) return finish(await this.#instead(request, fetched));

    const range = processor.rangeOf?.(fetched.value);
    if (range !== undefined) {
      void this.#announce(fetched.value.series, identity, range);
      // The store begins in this turn, with what others announce in it too, and looks things up while the bars are judged.
      await nextTurn();
    }
    const processingBegan = clock.monotonic();
    const step = { operation: 'process', metadata, run: () => judge(processor, fetched.value) };
    const judged = await trace.timed('processMs', () => attempts.run(step, deadline));
    if ('error' in judged) return finish(await this.#instead(request, judged));
    trace.accepted(judged.value.accepted);
    this.#recordProcessed(request, judged.value, clock.monotonic() - processingBegan);

    const storingBegan = clock.monotonic();
    const { accepted, quarantined } = judged.value;
    const batch = { identity, accepted, quarantined, record: trace.waiting(judged.value) };
    const written = await trace.timed('storeMs', () => keeper.keep(batch, deadline));
    if ('error' in written) return finish(await this.#instead(request, written));
    if (written.value.spooled === 0) await fallback.remember(judged.value.accepted, identity);
    readings.kept(accepted);
    this.#recordStored(request, written.value, clock.monotonic() - storingBegan);
    const warnings = await this.#gapBefore(request, judged.value, written.value, deadline);
    return finish({
      source: collector.source,
      collectedCount: judged.value.collected,
      processedCount: judged.value.accepted.length,
      cachedCount: 0,
      ...written.value,
      duplicates: judged.value.duplicates,
      qualityScore: judged.value.qualityScore,
      warnings,
    });
  }

  /** A hint: whatever a store of somebody else's, or a wrapper of one, makes of it, the collection goes on. */
  async #announce(...batch: Parameters<NonNullable<MarketDataStore['announce']>>): Promise<void> {
    try {
      await this.#dependencies.store.announce?.(...batch);
    } catch {
      // What is wrong with the store is told where the batch is stored.
    }
  }

  /** Compact data that shares no bar with what was stored may have left some out between the two. */
  async #gapBefore(
    { outputSize, month, from }: BarRequest,
    { accepted }: ProcessedBars,
    { stored, unchanged }: KeptBatch,
    { signal }: Deadline,
  ): Promise<CollectionResult['warnings']> {
    const compact = outputSize !== 'full' && month === undefined && from === undefined;
    if (!compact || stored === 0 || unchanged > 0) return [];
    return (await this.#dependencies.gapWatch?.before(accepted, signal)) ?? [];
  }

  /** What the error handler chose in place of the vendor's data; a failure where there is nothing to fall back on. */
  async #instead(
    request: BarRequest,
    { error, decision }: Exclude<StepOutcome<unknown>, { value: unknown }>,
  ): Promise<Counts> {
    if (decision.action === 'useDefault') return { ...noCounts, source: 'none', qualityScore: 0, error };
    if (decision.action === 'fail') throw error;
    const { collector, fallback } = this.#dependencies;
    const cached = await fallback.recall(seriesOf(request, collector.source));
    if (cached.length === 0) throw error;
    return { ...noCounts, source: 'cache', cachedCount: cached.length, qualityScore: cachedQualityScore, error };
  }

  #recordProcessed(request: BarRequest, processed: ProcessedBars, milliseconds: number): void {
    const { monitoring } = this.#dependencies;
    const labels = { interval: request.interval };
    monitoring.recordTiming(instruments.processing, milliseconds, labels);
    monitoring.recordCounter(instruments.rawPoints, processed.collected, labels);
    monitoring.recordCounter(instruments.processedPoints, processed.accepted.length, labels);
    monitoring.recordCounter(instruments.duplicates, processed.duplicates, labels);
    monitoring.recordCounter(instruments.quarantined, processed.quarantined.length, labels);
    for (const [rule, rows] of rulesBroken(processed))
      monitoring.recordCounter(instruments.brokenRules, rows, { rule });
    monitoring.recordMetric(instruments.quality, processed.qualityScore, labels);
    monitoring.recordDistribution?.(instruments.scores, scoresSeen(processed), labels);
  }

  #recordStored(request: BarRequest, outcome: KeptBatch, milliseconds: number): void {
    const { monitoring } = this.#dependencies;
    const labels = { interval: request.interval };
    monitoring.recordTiming(instruments.storing, milliseconds, labels);
    monitoring.recordCounter(instruments.storedPoints, outcome.stored, labels);
    monitoring.recordCounter(instruments.unchangedPoints, outcome.unchanged, labels);
  }
}

/** The series that a request asks a source for. */
function seriesOf({ symbol, interval, adjusted }: BarRequest, source: string): Series {
  return { symbol, interval, source, adjustment: adjusted ? 'adjusted' : 'raw' };
}

/** Judges a payload, a large one in turns with other work where the processor can. */
function judge(processor: DataProcessor, raw: RawBars): Promise<ProcessedBars> | ProcessedBars {
  return processor.processInTurns === undefined ? processor.process(raw) : processor.processInTurns(raw);
}

/** What all steps of one collection share. */
interface CollectionContext {
  readonly deadline: Deadline;
  /** The clock's monotonic time of the call. */
  readonly began: number;
  readonly trace: CollectionTrace;
  readonly priority: CollectionOptions['priority'];
}

type Counts = Omit<
  CollectionResult,
  'symbol' | 'interval' | 'collectionTime' | 'processingDurationMs' | 'batchId' | 'warnings'
> &
  Partial<Pick<CollectionResult, 'warnings'>>;
