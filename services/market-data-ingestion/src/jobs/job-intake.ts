import {
  type Clock,
  isServiceError,
  type Lifecycle,
  type LifecycleOptions,
  type MonitoringProvider,
  toServiceError,
} from '@quantumtrade/core-traits';
import type { PushedText, RedisInbox } from '@quantumtrade/database-abstraction';
import type { JobBoard } from './job-board.ts';
import { readPushedJob } from './pushed-job.ts';

export interface JobIntakeDependencies {
  readonly inbox: Pick<RedisInbox, 'next'>;
  readonly board: Pick<JobBoard, 'plan' | 'create'>;
  /** The `source` that this process collects from. */
  readonly source: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly monitoring: Pick<MonitoringProvider, 'logInfo' | 'logWarn'>;
}

/** How long one look at the list waits for something to come, and how long Redis is left alone after a failure. */
const [waitMs, awayMs] = [500, 1_000];

/**
 * Makes jobs of what other services push. A text leaves the list once its job is in the queue; one that is no job goes
 * to the rejected ones with the reason; whatever else happens, it is taken up again.
 */
export class JobIntake implements Lifecycle {
  readonly #dependencies: JobIntakeDependencies;
  #running: { readonly taking: AbortController; readonly done: Promise<void> } | undefined;

  constructor(dependencies: JobIntakeDependencies) {
    this.#dependencies = dependencies;
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const taking = new AbortController();
    this.#running = { taking, done: this.#take(taking.signal) };
  }

  /** Takes nothing more, once the text under way is settled. */
  async stop(_options: LifecycleOptions = {}): Promise<void> {
    this.#running?.taking.abort();
    await this.#running?.done;
    this.#running = undefined;
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { inbox, clock, monitoring } = this.#dependencies;
    // Said once, and not each second of an outage.
    let said: string | undefined;
    while (!signal.aborted) {
      try {
        const pushed = await inbox.next(waitMs);
        if (pushed !== undefined) await this.#settle(pushed);
        if (said !== undefined) monitoring.logInfo('pushed jobs are taken again');
        said = undefined;
      } catch (thrown) {
        const error = toServiceError(thrown).message;
        if (error !== said) monitoring.logWarn('pushed jobs cannot be taken now; it is tried again', { error });
        said = error;
        await clock.sleep(awayMs, signal).catch(() => {});
      }
    }
  }

  async #settle(pushed: PushedText): Promise<void> {
    const { board, source, monitoring } = this.#dependencies;
    try {
      const plan = await board.plan(readPushedJob(pushed.text, source));
      await board.create(plan);
      monitoring.logInfo('a pushed job is taken', { job: plan.id, items: plan.items.length });
    } catch (thrown) {
      if (!isServiceError(thrown) || thrown.kind !== 'configuration') throw thrown;
      const { reason = 'invalidJob', message } = thrown;
      monitoring.logWarn('a pushed job is rejected', { reason });
      await pushed.reject(`${reason}: ${message}`.replaceAll(/\s+/g, ' '));
      return;
    }
    await pushed.accept();
  }
}
