import { randomUUID } from 'node:crypto';
import { type Clock, type ServiceError, toServiceError } from '@quantumtrade/core-traits';
import pLimit, { type LimitFunction } from 'p-limit';
import { type CollectionJob, collectAll, type JobOutcome } from '../collection/collect-all.ts';
import type { MarketDataIngestionService } from '../service.ts';
import { CollectionRun } from './collection-run.ts';
import { refusal } from './refusal.ts';

export interface CollectionJobsDependencies {
  readonly service: Pick<MarketDataIngestionService, 'collectSymbolData' | 'source'>;
  readonly clock: Clock;
  /** How many series are collected at once, of all jobs together. */
  readonly concurrency: number;
  /** Collected first. */
  readonly prioritySymbols: readonly string[];
  /** How many jobs are remembered; finished ones make room, oldest first. @default 1000 */
  readonly capacity?: number | undefined;
}

/** Collections that were asked for over HTTP, kept in this process. */
export class CollectionJobs {
  readonly #dependencies: CollectionJobsDependencies;
  readonly #runs: Map<string, CollectionRun> = new Map();
  readonly #underWay: Set<Promise<void>> = new Set();
  readonly #limit: LimitFunction;
  #stopping = false;

  constructor(dependencies: CollectionJobsDependencies) {
    this.#dependencies = dependencies;
    this.#limit = pLimit(dependencies.concurrency);
  }

  /** Whether no further job is taken. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Starts a job. @throws ServiceError, reason `stopping`, or `tooManyJobs` while all that are remembered go on. */
  start(series: readonly CollectionJob[]): CollectionRun {
    if (this.#stopping) throw refusal('stopping', 'the service is stopping and takes no more work');
    this.#makeRoom();
    const { clock } = this.#dependencies;
    const run = new CollectionRun({ id: randomUUID(), series, clock });
    this.#runs.set(run.id, run);
    const done = this.#carryOut(run).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    return run;
  }

  /** A job that is remembered. */
  get(id: string): CollectionRun | undefined {
    return this.#runs.get(id);
  }

  /** Takes no further jobs; those under way go on. */
  stopIntake(): void {
    this.#stopping = true;
  }

  /** Resolves when no job is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Cancels all jobs. */
  cancelAll(): void {
    for (const run of this.#runs.values()) run.cancel();
  }

  async #carryOut(run: CollectionRun): Promise<void> {
    const { clock, concurrency, prioritySymbols } = this.#dependencies;
    try {
      await collectAll(run.series, {
        service: { collectSymbolData: (...call) => this.#limit(() => this.#collect(run, call)) },
        clock,
        concurrency,
        prioritySymbols,
        signal: run.signal,
        onOutcome: (outcome: JobOutcome) => run.add(outcome),
      });
      run.finish();
    } catch (error) {
      run.finish(toServiceError(error) satisfies ServiceError);
    }
  }

  #collect(run: CollectionRun, call: Parameters<MarketDataIngestionService['collectSymbolData']>) {
    run.signal.throwIfAborted();
    run.begin();
    return this.#dependencies.service.collectSymbolData(...call);
  }

  #makeRoom(): void {
    const { capacity = 1000 } = this.#dependencies;
    for (const [id, run] of this.#runs) {
      if (this.#runs.size < capacity) return;
      if (run.finished) this.#runs.delete(id);
    }
    if (this.#runs.size >= capacity) throw refusal('tooManyJobs', 'too many jobs are under way: wait for some to end');
  }
}
