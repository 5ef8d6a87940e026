import type { Clock, ServiceError } from '@quantumtrade/core-traits';
import type { CollectionJob, JobOutcome } from '../collection/collect-all.ts';

/** `failed` is a job of which not one series could be collected. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** What happened to a job, in order. */
export type RunEvent = { readonly type: 'state' } | { readonly type: 'outcome'; readonly outcome: JobOutcome };

/** One job: what is to be collected, how far it is, and what came of it. */
export class CollectionRun {
  readonly id: string;
  readonly series: readonly CollectionJob[];
  /** Milliseconds since the Unix epoch (UTC), as all instants here. */
  readonly createdAt: number;
  readonly #clock: Clock;
  readonly #abort: AbortController = new AbortController();
  readonly #outcomes: JobOutcome[] = [];
  readonly #events: RunEvent[] = [{ type: 'state' }];
  #state: RunState = 'queued';
  #startedAt: number | undefined;
  #finishedAt: number | undefined;
  #error: ServiceError | undefined;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(dependencies: {
    readonly id: string;
    readonly series: readonly CollectionJob[];
    readonly clock: Clock;
  }) {
    this.id = dependencies.id;
    this.series = dependencies.series;
    this.#clock = dependencies.clock;
    this.createdAt = this.#clock.now();
  }

  get state(): RunState {
    return this.#state;
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get finishedAt(): number | undefined {
    return this.#finishedAt;
  }

  get finished(): boolean {
    return this.#finishedAt !== undefined;
  }

  /** What came of each series, as they ended. */
  get outcomes(): readonly JobOutcome[] {
    return this.#outcomes;
  }

  /** What ended the job as a whole; failures of single series are in the outcomes. */
  get error(): ServiceError | undefined {
    return this.#error;
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** Aborts when the job is cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves with the next event. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  begin(): void {
    if (this.#state !== 'queued') return;
    this.#startedAt = this.#clock.now();
    this.#state = 'running';
    this.#tell({ type: 'state' });
  }

  add(outcome: JobOutcome): void {
    this.#outcomes.push(outcome);
    this.#tell({ type: 'outcome', outcome });
  }

  /** Ends what is under way; what was stored by then stays. A finished job stays as it is. */
  cancel(): void {
    if (!this.finished) this.#abort.abort(new DOMException('the job was cancelled', 'AbortError'));
  }

  finish(error?: ServiceError): void {
    this.#error = error;
    this.#finishedAt = this.#clock.now();
    this.#state = this.#endState();
    this.#tell({ type: 'state' });
  }

  #endState(): RunState {
    const succeeded = this.#outcomes.filter((outcome) => 'result' in outcome && outcome.result.error === undefined);
    if (succeeded.length === this.series.length) return 'succeeded';
    if (this.signal.aborted) return 'cancelled';
    return succeeded.length === 0 ? 'failed' : 'partial';
  }

  #tell(event: RunEvent): void {
    this.#events.push(event);
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}
