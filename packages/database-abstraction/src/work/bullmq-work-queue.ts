import { randomUUID } from 'node:crypto';
import {
  type ClaimedWork,
  type Clock,
  type EndedGroup,
  groupsToForget,
  isTriedAgain,
  type Json,
  leaseExpired,
  type NewWork,
  normalizeWork,
  noWork,
  ServiceError,
  type Work,
  type WorkFailure,
  type WorkFilter,
  type WorkProgress,
  type WorkQueue,
  type WorkRetention,
  type WorkRetry,
  type WorkSelection,
  type WorkState,
} from '@quantumtrade/core-traits';
import { type Job, type JobType, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

export interface BullMqWorkQueueOptions {
  /** Address of a Redis that keeps what it has (`noeviction`, append-only file): `redis://user:password@host:6379/0`. */
  readonly url: string;
  /** Name of the queue; those who name the same one share its work. */
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a job of BullMQ carries for us. */
interface JobData {
  readonly id: string;
  readonly group: string;
  readonly payload: Json;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly addedAt: number;
  /** Place in the order of adding. */
  readonly position: number;
  readonly checkpoint?: Json;
  readonly failure?: WorkFailure;
  /** Starts that BullMQ counts and the contract does not: those given back, and those before a requeue. */
  readonly uncounted: number;
}

type WorkJob = Job<JobData, Outcome>;

interface KnownJob {
  readonly job: WorkJob;
  readonly state: WorkState;
}

/** How a job that BullMQ calls completed ended. */
type Outcome = 'completed' | 'cancelled';

const states: Readonly<Record<Exclude<WorkState, 'cancelled'>, readonly JobType[]>> = {
  pending: ['wait', 'prioritized', 'delayed'],
  inProgress: ['active'],
  completed: ['completed'],
  failed: ['failed'],
};

/** How often abandoned work is looked for, in milliseconds; it is found at the second look. */
const stalledIntervalMs = 1_000;
/** Jobs of a group that are asked for at once. */
const readAtOnce = 500;
/** How long a command may take, in milliseconds. */
const commandTimeoutMs = 5_000;

/**
 * Work in Redis, by BullMQ, shared by several processes. Leases are BullMQ's locks, so their time is the time of Redis
 * and work whose holder is gone comes back one to two seconds after its lease.
 */
export class BullMqWorkQueue implements WorkQueue {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #redis: Redis;
  readonly #queue: Queue<JobData, Outcome, string, JobData, Outcome, string>;
  readonly #worker: Worker<JobData, Outcome>;
  /** Ids of work that was cancelled. It stays where BullMQ has it until it is claimed or its holder asks. */
  readonly #cancelled: string;
  #looking: Promise<void> | undefined;

  constructor({ url, name, clock }: BullMqWorkQueueOptions) {
    this.#clock = clock;
    this.#cancelled = `bull:${name}:cancelled`;
    this.#redis = new Redis(url, {
      maxRetriesPerRequest: null,
      commandTimeout: commandTimeoutMs,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    const connection = this.#redis;
    this.#queue = new Queue(name, { connection });
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
      const members = Map.groupBy(checked, ({ group }) => group);
      // Before the work itself: an id too many is looked up in vain, one too few would be forgotten.
      for (const [group, pieces] of members) {
        await this.#redis.sadd(this.#groupKey(group), ...pieces.map(({ id }) => jobIdOf(id)));
      }
      const last = await this.#redis.incrby(`${this.#cancelled}:position`, checked.length);
      await this.#queue.addBulk(
        checked.map(({ notBefore, ...piece }, index) => ({
          name: 'work',
          data: {
            ...piece,
            addedAt: this.#clock.now(),
            position: last - checked.length + index,
            uncounted: 0,
          },
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
        if (await this.#isCancelled(job.data.id)) {
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
    const held = await this.#held(work, async (job) => {
      if (checkpoint !== undefined) await job.updateData({ ...job.data, checkpoint });
      await job.extendLock(work.lease, leaseMs);
    });
    return held;
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
    return await this.#guarded(async () => {
      const works = await this.#selected(selection, ['pending', 'inProgress']);
      if (works.length === 0) return 0;
      return await this.#redis.sadd(this.#cancelled, ...works.map(({ data }) => data.id));
    });
  }

  async get(id: string): Promise<Work | undefined> {
    return await this.#guarded(async () => {
      const job = await this.#job(id);
      if (job === undefined) return undefined;
      return toWork(job, await this.#stateOf(job));
    });
  }

  async list(filter: WorkFilter = {}): Promise<Work[]> {
    const works = await this.#guarded(() => this.#works(filter.group, filter.state));
    return works
      .filter(({ state }) => filter.state === undefined || state === filter.state)
      .slice(0, filter.limit ?? 1_000)
      .map(({ job, state }) => toWork(job, state));
  }

  async counts(group?: string): Promise<Record<WorkState, number>> {
    if (group === undefined) return await this.#guarded(() => this.#countAll());
    const counts = noWork();
    for (const { state } of await this.#guarded(() => this.#works(group))) counts[state] += 1;
    return counts;
  }

  async requeue(selection?: WorkSelection): Promise<number> {
    return await this.#guarded(async () => {
      const dead = await this.#selected(selection, ['failed']);
      for (const job of dead) {
        await job.updateData({ ...job.data, uncounted: job.attemptsStarted });
        await job.retry('failed');
      }
      return dead.length;
    });
  }

  async purge(selection?: WorkSelection): Promise<number> {
    return await this.#guarded(async () => {
      const dead = await this.#selected(selection, ['failed']);
      for (const job of dead) await this.#remove(job);
      return dead.length;
    });
  }

  async trim(retention: WorkRetention): Promise<number> {
    return await this.#guarded(async () => {
      const groups = Map.groupBy(await this.#works(undefined), ({ job }) => job.data.group);
      const ended = [...groups].flatMap(([group, works]): EndedGroup[] => {
        if (works.some(({ state }) => state !== 'completed' && state !== 'cancelled')) return [];
        const endedAt = Math.max(...works.map(({ job }) => job.finishedOn ?? job.data.addedAt));
        return [{ group, pieces: works.length, endedAt }];
      });
      let forgotten = 0;
      for (const group of groupsToForget(ended, retention)) {
        for (const { job } of groups.get(group) ?? []) {
          // Cancelled work whose holder has not heard of it yet is removed at the next time.
          forgotten += await this.#remove(job).then(
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
      const job = await this.#job(work.id);
      if (job === undefined || !(await this.#holds(job, work.lease))) return false;
      const cancelled = await this.#isCancelled(work.id);
      try {
        await (cancelled ? job.moveToCompleted('cancelled', work.lease, false) : change(job));
      } catch (error) {
        // Between the question and the change the lease can have gone to another.
        if (!(await this.#holds(job, work.lease))) return false;
        throw error;
      }
      return !cancelled;
    });
  }

  async #remove(job: WorkJob): Promise<void> {
    await job.remove();
    await this.#redis.srem(this.#groupKey(job.data.group), job.id as string);
    await this.#redis.srem(this.#cancelled, job.data.id);
  }

  #groupKey(group: string): string {
    return `bull:${this.#queue.name}:group:${group}`;
  }

  async #holds(job: WorkJob, lease: string): Promise<boolean> {
    return (await this.#redis.get(`bull:${this.#queue.name}:${job.id}:lock`)) === lease;
  }

  async #isCancelled(id: string): Promise<boolean> {
    return (await this.#redis.sismember(this.#cancelled, id)) === 1;
  }

  async #job(id: string): Promise<WorkJob | undefined> {
    return (await this.#queue.getJob(jobIdOf(id))) as WorkJob | undefined;
  }

  async #stateOf(job: WorkJob): Promise<WorkState> {
    const state = await job.getState();
    // One that ended since it was read has its outcome by now.
    if (state === 'completed') return job.returnvalue ?? (await this.#job(job.data.id))?.returnvalue ?? 'completed';
    if (state === 'failed') return 'failed';
    if (await this.#isCancelled(job.data.id)) return 'cancelled';
    return state === 'active' ? 'inProgress' : 'pending';
  }

  async #selected(selection: WorkSelection | undefined, among: readonly WorkState[]): Promise<WorkJob[]> {
    if (selection !== undefined && 'id' in selection) {
      const job = await this.#job(selection.id);
      return job !== undefined && among.includes(await this.#stateOf(job)) ? [job] : [];
    }
    const works = await this.#works(selection?.group);
    return works.filter(({ state }) => among.includes(state)).map(({ job }) => job);
  }

  /** Counts without reading the work, but for what was cancelled. */
  async #countAll(): Promise<Record<WorkState, number>> {
    const counts = noWork();
    const found = await this.#queue.getJobCounts(...Object.values(states).flat());
    for (const [state, types] of Object.entries(states) as [Exclude<WorkState, 'cancelled'>, JobType[]][]) {
      for (const type of types) counts[state] += found[type] ?? 0;
    }
    for (const id of await this.#redis.smembers(this.#cancelled)) {
      const state = await this.#queue.getJobState(jobIdOf(id));
      if (state === 'unknown' || state === 'failed') continue;
      // Work that ended well before it was cancelled is not cancelled.
      if (state === 'completed' && (await this.#job(id))?.returnvalue !== 'cancelled') continue;
      counts[state === 'completed' ? state : state === 'active' ? 'inProgress' : 'pending'] -= 1;
      counts.cancelled += 1;
    }
    return counts;
  }

  /** All work of a group, or all, in the order of adding, but for states that are not wanted. */
  async #works(group: string | undefined, wanted?: WorkState): Promise<KnownJob[]> {
    const works = await (group === undefined ? this.#allWorks(wanted) : this.#worksOf(group));
    return works.sort((a, b) => a.job.data.position - b.job.data.position);
  }

  /** A group's own jobs, one by one: whatever else the queue holds is not read. */
  async #worksOf(group: string): Promise<KnownJob[]> {
    const ids = await this.#redis.smembers(this.#groupKey(group));
    const works: KnownJob[] = [];
    for (let from = 0; from < ids.length; from += readAtOnce) {
      const some = ids.slice(from, from + readAtOnce).map(async (id) => {
        const job = (await this.#queue.getJob(id)) as WorkJob | undefined;
        return job?.data?.id === undefined ? [] : [{ job, state: await this.#stateOf(job) }];
      });
      works.push(...(await Promise.all(some)).flat());
    }
    return works;
  }

  async #allWorks(wanted: WorkState | undefined): Promise<KnownJob[]> {
    const cancelled = new Set(await this.#redis.smembers(this.#cancelled));
    const works = new Map<string, KnownJob>();
    for (const [state, types] of Object.entries(states) as [Exclude<WorkState, 'cancelled'>, JobType[]][]) {
      if (wanted !== undefined && wanted !== 'cancelled' && wanted !== state) continue;
      for (const job of (await this.#queue.getJobs(types, 0, -1)) as (WorkJob | undefined)[]) {
        // A job that was removed while the list was read.
        if (job?.data?.id === undefined) continue;
        const open = state === 'pending' || state === 'inProgress';
        const seen = state === 'completed' ? job.returnvalue : open && cancelled.has(job.data.id) ? 'cancelled' : state;
        works.set(job.data.id, { job, state: seen });
      }
    }
    return [...works.values()];
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ServiceError) throw cause;
      throw new ServiceError({
        kind: 'database',
        reason: 'unavailable',
        message: `the work queue in Redis did not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  }
}

/** BullMQ refuses ids with colons and ids that are numbers. */
function jobIdOf(id: string): string {
  return `w-${encodeURIComponent(id)}`;
}

function attemptsOf(job: WorkJob): number {
  return job.attemptsStarted - job.data.uncounted;
}

/** Makes a held job a dead letter. `begun` corrects for a start that was no attempt. */
async function bury(job: WorkJob, failure: WorkFailure, lease: string, begun: number): Promise<void> {
  await job.updateData({ ...job.data, failure, uncounted: job.data.uncounted - begun });
  await job.moveToFailed(new Error(failure.message), lease, false);
}

function toWork(job: WorkJob, state: WorkState): Work {
  const { id, group, payload, priority, maxAttempts, checkpoint, failure, addedAt } = job.data;
  // A failure is what the last attempt ended with; work that ended well has none.
  const shown = state === 'completed' ? undefined : failure;
  const shownEnd = state === 'pending' || state === 'inProgress' ? undefined : job.finishedOn;
  return {
    id,
    group,
    payload,
    priority,
    maxAttempts,
    state,
    attempts: attemptsOf(job),
    checkpoint,
    failure: shown,
    addedAt,
    ...(shownEnd === undefined ? {} : { endedAt: shownEnd }),
  };
}
