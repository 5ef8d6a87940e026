import { randomUUID } from 'node:crypto';
import {
  type ClaimedWork,
  type Clock,
  type EndedGroup,
  groupsToForget,
  isServiceError,
  isTriedAgain,
  leaseExpired,
  type NewWork,
  normalizeWork,
  ServiceError,
  type Work,
  type WorkFilter,
  type WorkProgress,
  type WorkQueue,
  type WorkRetention,
  type WorkRetry,
  type WorkSelection,
  type WorkState,
} from '@quantumtrade/core-traits';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { parseRedisAddress, redisClientAddress } from '../redis/redis-address.ts';
import { attemptsOf, bury, type JobData, jobIdOf, type Outcome, toWork, type WorkJob } from './bullmq-job.ts';
import { BullMqJobs, type JobQueue } from './bullmq-jobs.ts';

export interface BullMqWorkQueueOptions {
  /** Address of a Redis that keeps what it has (`noeviction`, append-only file): `redis://user:password@host:port/db`. */
  readonly url: string;
  /** Name of the queue; those who name the same one share its work. */
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** How often abandoned work is looked for, in milliseconds; it is found at the second look. */
const stalledIntervalMs = 1_000;
/** How long a command may take, in milliseconds. */
const commandTimeoutMs = 5_000;

/**
 * Work in Redis, by BullMQ, shared by several processes. Leases are BullMQ's locks, so their time is the time of Redis
 * and work whose holder is gone comes back one to two seconds after its lease.
 */
export class BullMqWorkQueue implements WorkQueue {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #redis: Redis;
  readonly #queue: JobQueue;
  readonly #jobs: BullMqJobs;
  readonly #worker: Worker<JobData, Outcome>;
  #looking: Promise<void> | undefined;

  /** @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none. */
  constructor({ url, name, clock }: BullMqWorkQueueOptions) {
    this.#clock = clock;
    this.#redis = new Redis({
      ...redisClientAddress(parseRedisAddress(url)),
      maxRetriesPerRequest: null,
      commandTimeout: commandTimeoutMs,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    const connection = this.#redis;
    this.#queue = new Queue(name, { connection });
    this.#jobs = new BullMqJobs({ queue: this.#queue, redis: this.#redis });
    this.#worker = new Worker(name, undefined, {
      connection,
      autorun: false,
      stalledInterval: stalledIntervalMs,
      // Attempts are counted by the contract's own rule.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    // A failure reaches the caller through the call that it fails; the events would end the process.
    const heard = (): void => {};
    this.#redis.on('error', heard);
    this.#queue.on('error', heard);
    this.#worker.on('error', heard);
  }

  async add(work: readonly NewWork[]): Promise<void> {
    const checked = work.map(normalizeWork);
    if (checked.length === 0) return;
    await this.#guarded(async () => {
      const first = await this.#jobs.announce(checked);
      await this.#queue.addBulk(
        checked.map(({ notBefore, ...piece }, index) => ({
          name: 'work',
          data: { ...piece, addedAt: this.#clock.now(), position: first + index, uncounted: 0 },
          opts: {
            jobId: jobIdOf(piece.id),
            // 0 would stand for work without a priority, which BullMQ hands out before all other.
            priority: piece.priority + 1,
            delay: Math.ceil(Math.max(0, notBefore - this.#clock.now())),
          },
        })),
      );
    });
  }

  async claim({ leaseMs }: { readonly leaseMs: number }): Promise<ClaimedWork | undefined> {
    return await this.#guarded(async () => {
      this.#looking ??= this.#worker.startStalledCheckTimer();
      await this.#looking;
      for (;;) {
        const lease = randomUUID();
        const job = (await this.#worker.getNextJob(lease, { block: false })) as WorkJob | undefined;
        if (job === undefined) return undefined;
        if (await this.#jobs.isCancelled(job.data.id)) {
          await job.moveToCompleted('cancelled', lease, false);
        } else if (attemptsOf(job) > job.data.maxAttempts) {
          await bury(job, leaseExpired, lease, -1);
        } else {
          await job.extendLock(lease, leaseMs);
          return { ...toWork(job, 'inProgress'), state: 'inProgress', lease };
        }
      }
    });
  }

  async progress(work: ClaimedWork, { leaseMs, checkpoint }: WorkProgress): Promise<boolean> {
    return await this.#held(work, async (job) => {
      if (checkpoint !== undefined) await job.updateData({ ...job.data, checkpoint });
      await job.extendLock(work.lease, leaseMs);
    });
  }

  async complete(work: ClaimedWork): Promise<boolean> {
    return await this.#held(work, async (job) => void (await job.moveToCompleted('completed', work.lease, false)));
  }

  async fail(work: ClaimedWork, retry: WorkRetry): Promise<'retried' | 'dead' | 'lost'> {
    const again = isTriedAgain(work, retry);
    const held = await this.#held(work, async (job) => {
      if (!again) return await bury(job, retry.failure, work.lease, 0);
      await job.updateData({ ...job.data, failure: retry.failure });
      await job.moveToDelayed(Math.ceil(Math.max(retry.retryAt ?? 0, this.#clock.now())), work.lease);
    });
    if (!held) return 'lost';
    return again ? 'retried' : 'dead';
  }

  async release(work: ClaimedWork): Promise<boolean> {
    return await this.#held(work, async (job) => {
      await job.updateData({ ...job.data, uncounted: job.data.uncounted + 1 });
      await job.moveToDelayed(Math.ceil(this.#clock.now()), work.lease);
    });
  }

  async cancel(selection: WorkSelection): Promise<number> {
    return await this.#guarded(async () =>
      this.#jobs.cancel(await this.#jobs.selected(selection, ['pending', 'inProgress'])),
    );
  }

  async get(id: string): Promise<Work | undefined> {
    return await this.#guarded(async () => {
      const job = await this.#jobs.get(id);
      if (job === undefined) return undefined;
      return toWork(job, await this.#jobs.stateOf(job));
    });
  }

  async list({ group, state: wanted, limit = 1_000 }: WorkFilter = {}): Promise<Work[]> {
    const works = await this.#guarded(() => this.#jobs.works(group, wanted));
    return works.slice(0, limit).map(({ job, state }) => toWork(job, state));
  }

  async counts(group?: string): Promise<Record<WorkState, number>> {
    return await this.#guarded(() => this.#jobs.count(group));
  }

  async requeue(selection?: WorkSelection): Promise<number> {
    return await this.#guarded(async () => {
      const dead = await this.#jobs.selected(selection, ['failed']);
      for (const job of dead) {
        await job.updateData({ ...job.data, uncounted: job.attemptsStarted });
        await job.retry('failed');
      }
      return dead.length;
    });
  }

  async purge(selection?: WorkSelection): Promise<number> {
    return await this.#guarded(async () => {
      const dead = await this.#jobs.selected(selection, ['failed']);
      for (const job of dead) await this.#jobs.remove(job);
      return dead.length;
    });
  }

  async trim(retention: WorkRetention): Promise<number> {
    return await this.#guarded(async () => {
      const groups = Map.groupBy(await this.#jobs.works(), ({ job }) => job.data.group);
      const ended = [...groups].flatMap(([group, works]): EndedGroup[] => {
        if (works.some(({ state }) => state !== 'completed' && state !== 'cancelled')) return [];
        const endedAt = Math.max(...works.map(({ job }) => job.finishedOn ?? job.data.addedAt));
        return [{ group, pieces: works.length, endedAt }];
      });
      let forgotten = 0;
      for (const group of groupsToForget(ended, retention)) {
        for (const { job } of groups.get(group) ?? []) {
          // Cancelled work whose holder has not heard of it yet is removed at the next time.
          forgotten += await this.#jobs.remove(job).then(
            () => 1,
            () => 0,
          );
        }
      }
      return forgotten;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.close(true), this.#queue.close()]);
    this.#redis.disconnect();
  }

  /** Does something with work that the caller still holds. */
  async #held(work: ClaimedWork, change: (job: WorkJob) => Promise<void>): Promise<boolean> {
    return await this.#guarded(async () => {
      const job = await this.#jobs.get(work.id);
      if (job === undefined || !(await this.#jobs.holds(job, work.lease))) return false;
      const cancelled = await this.#jobs.isCancelled(work.id);
      try {
        await (cancelled ? job.moveToCompleted('cancelled', work.lease, false) : change(job));
      } catch (error) {
        // Between the question and the change the lease can have gone to another.
        if (!(await this.#jobs.holds(job, work.lease))) return false;
        throw error;
      }
      return !cancelled;
    });
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (isServiceError(cause)) throw cause;
      throw new ServiceError({
        kind: 'database',
        reason: 'unavailable',
        message: `the work queue in Redis did not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  }
}
