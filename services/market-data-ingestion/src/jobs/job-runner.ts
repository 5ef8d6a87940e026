import {
  type ClaimedWork,
  type EventPublisher,
  isServiceError,
  type Lifecycle,
  type LifecycleOptions,
  type MonitoringProvider,
  type NewEvent,
  type ServiceError,
  toServiceError,
} from '@quantumtrade/core-traits';
import { jobInstruments as instruments } from './instruments.ts';
import { type ItemOutcome, ItemWorker, type ItemWorkerDependencies } from './item-worker.ts';
import { isSettled } from './job.ts';
import { batchProcessed, jobEnded, jobStarted } from './job-events.ts';
import { readItem } from './job-item.ts';
import { JobReadings, type JobReadingsDependencies } from './job-readings.ts';
import { Pace } from './pace.ts';

export interface JobRunnerDependencies extends ItemWorkerDependencies {
  readonly monitoring: Pick<MonitoringProvider, 'logWarn' | 'logInfo' | 'recordCounter'> &
    JobReadingsDependencies['monitoring'];
  readonly events?: Pick<EventPublisher, 'publish'> | undefined;
  /** How many items are under way at once. */
  readonly workers: number;
  /** How many items begin in a second, at most. */
  readonly itemsPerSecond: number | 'none';
  /** How long jobs that have ended are kept, in milliseconds, and how many of their items. All, when left out. */
  readonly keepMs?: number | undefined;
  readonly keepItems?: number | undefined;
  /** Told about each attempt as it ends. */
  readonly onOutcome?:
    | ((work: { readonly id: string; readonly group: string }, outcome: ItemOutcome) => void)
    | undefined;
}

/** Why nothing begins at the moment. */
export interface RunnerPause {
  readonly error: ServiceError;
  /** When it goes on: milliseconds since the Unix epoch (UTC). */
  readonly until: number;
}

/** How long a runner waits where there is nothing to do, or after the queue failed. */
const idleMs = 100;
const brokenMs = 1_000;
/** How long a key that is not taken is left alone; a new one may be set meanwhile. */
const refusedKeyMs = 60_000;
/** How often the end of jobs is looked for, at most: while there is more to do, and while there is nothing. */
const [busyLookMs, idleLookMs] = [5_000, 500];
/** The part of the time that looking may take where the queue is slow to count. */
const lookingPart = 1 / 20;
/** How often jobs are forgotten that ended long ago. */
const trimMs = 3_600_000;

/**
 * Works through the items of all jobs in the queue, with several workers and at a steady pace, until it is stopped. A
 * limit of the key that was reached pauses all of them until it may go on. Any number of runners may share a queue.
 */
export class JobRunner implements Lifecycle {
  readonly #dependencies: JobRunnerDependencies;
  readonly #worker: ItemWorker;
  readonly #pace: Pace;
  readonly #readings: JobReadings;
  /** Jobs of which this runner had items and has not seen the end. */
  readonly #begun: Set<string> = new Set();
  #pause: RunnerPause | undefined;
  #trimmedAt = Number.NEGATIVE_INFINITY;
  /** When it was last looked for ends, and how long that took. */
  #looked = { at: Number.NEGATIVE_INFINITY, took: 0 };
  #running:
    | { readonly claiming: AbortController; readonly working: AbortController; readonly done: Promise<void> }
    | undefined;

  constructor(dependencies: JobRunnerDependencies) {
    this.#dependencies = dependencies;
    this.#worker = new ItemWorker(dependencies);
    this.#pace = new Pace({ clock: dependencies.clock, perSecond: dependencies.itemsPerSecond });
    this.#readings = new JobReadings(dependencies);
  }

  /** Why nothing begins now, and until when; `undefined` while items may begin. */
  get pause(): RunnerPause | undefined {
    const pause = this.#pause;
    return pause !== undefined && pause.until > this.#dependencies.clock.now() ? pause : undefined;
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    this.#readings.start();
    const claiming = new AbortController();
    const working = new AbortController();
    const workers = Array.from({ length: this.#dependencies.workers }, () =>
      this.#work(claiming.signal, working.signal),
    );
    this.#running = { claiming, working, done: Promise.all(workers).then(() => this.#lookForEnds()) };
  }

  /** Begins nothing more and ends what is under way; once the signal is aborted, that is given back unfinished. */
  async stop({ signal }: LifecycleOptions = {}): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const giveUp = (): void => running.working.abort(signal?.reason);
    running.claiming.abort();
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted === true) giveUp();
    await running.done;
    signal?.removeEventListener('abort', giveUp);
    this.#running = undefined;
    this.#readings.stop();
  }

  async #work(claiming: AbortSignal, working: AbortSignal): Promise<void> {
    const { queue, clock, leaseMs, monitoring } = this.#dependencies;
    while (!claiming.aborted) {
      try {
        await this.#pace.turn(claiming);
        await this.#trim();
        const work = await queue.claim({ leaseMs });
        if (work === undefined) {
          await this.#lookForEnds(idleLookMs);
          await clock.sleep(idleMs, claiming);
          continue;
        }
        await this.#begin(work);
        const outcome = await this.#worker.run(work, working);
        await this.#ended(work, outcome);
      } catch (thrown) {
        if (claiming.aborted && !isServiceError(thrown)) return;
        monitoring.logWarn('the work queue failed; the work goes on with its next answer', {
          error: toServiceError(thrown).message,
        });
        await clock.sleep(brokenMs, claiming).catch(() => {});
      }
    }
  }

  async #begin(work: { readonly group: string; readonly payload: Parameters<typeof readItem>[0] }): Promise<void> {
    if (this.#begun.has(work.group)) return;
    this.#begun.add(work.group);
    try {
      await this.#publish(jobStarted(work.group, readItem(work.payload)));
    } catch {
      // What is no item of a job fails as soon as it is worked on.
    }
  }

  async #ended(work: ClaimedWork, outcome: ItemOutcome): Promise<void> {
    this.#count(work, outcome);
    if (outcome.end === 'refused') this.#hold(outcome.error);
    this.#dependencies.onOutcome?.(work, outcome);
    if (outcome.end === 'completed') {
      await this.#publish(batchProcessed(work.group, work.id, outcome.item, outcome.bars));
    }
    await this.#lookForEnds(busyLookMs);
  }

  #count({ payload }: ClaimedWork, { end }: ItemOutcome): void {
    const status = end === 'dead' ? 'failed' : end;
    if (status !== 'completed' && status !== 'failed') return;
    let tier = 'other';
    try {
      ({ tier } = readItem(payload));
    } catch {
      // What is no item of a job has no tier.
    }
    this.#dependencies.monitoring.recordCounter(instruments.ended, 1, { tier, status });
  }

  /** Forgets jobs that ended long ago, so that the queue does not grow for ever. */
  async #trim(): Promise<void> {
    const {
      queue,
      clock,
      keepMs = Number.POSITIVE_INFINITY,
      keepItems = Number.POSITIVE_INFINITY,
    } = this.#dependencies;
    if (clock.monotonic() - this.#trimmedAt < trimMs) return;
    this.#trimmedAt = clock.monotonic();
    await queue.trim({ endedBefore: clock.now() - keepMs, keep: keepItems });
  }

  #hold(error: ServiceError): void {
    const wait = error.retryAfterMs ?? refusedKeyMs;
    this.#pace.pause(wait);
    const until = Math.round(this.#dependencies.clock.now() + wait);
    if (until > (this.#pause?.until ?? 0)) this.#pause = { error, until };
    this.#dependencies.monitoring.logInfo('jobs are paused', { reason: error.reason, until });
  }

  /** Tells of jobs that have ended. Whoever shares the queue may tell the same; the event's id says so. */
  async #lookForEnds(spacingMs = 0): Promise<void> {
    const { queue, clock } = this.#dependencies;
    const at = clock.monotonic();
    const spacing = spacingMs === 0 ? 0 : Math.max(spacingMs, this.#looked.took / lookingPart);
    if (at - this.#looked.at < spacing) return;
    this.#looked = { at, took: this.#looked.took };
    for (const job of [...this.#begun]) {
      const items = await queue.counts(job).catch(() => undefined);
      if (items === undefined || !isSettled(items) || !this.#begun.delete(job)) continue;
      const event = jobEnded(job, items);
      if (event !== undefined) await this.#publish(event);
    }
    this.#looked = { at, took: clock.monotonic() - at };
  }

  async #publish(event: NewEvent): Promise<void> {
    const { events, monitoring } = this.#dependencies;
    try {
      await events?.publish(event);
    } catch (error) {
      // The work is done, whether or not anybody hears of it.
      monitoring.logWarn('an event could not be published', { type: event.type, error: String(error) });
    }
  }
}
