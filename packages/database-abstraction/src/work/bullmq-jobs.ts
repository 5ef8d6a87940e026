import { type NormalizedWork, noWork, type WorkSelection, type WorkState } from '@quantumtrade/core-traits';
import type { JobType, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobData, jobIdOf, type Outcome, type WorkJob } from './bullmq-job.ts';

/** The queue of BullMQ that work is in. */
export type JobQueue = Queue<JobData, Outcome, string, JobData, Outcome, string>;

export interface BullMqJobsDependencies {
  readonly queue: JobQueue;
  readonly redis: Redis;
}

/** A job and where it is. */
interface KnownJob {
  readonly job: WorkJob;
  readonly state: WorkState;
}

const states: Readonly<Record<Exclude<WorkState, 'cancelled'>, readonly JobType[]>> = {
  pending: ['wait', 'prioritized', 'delayed'],
  inProgress: ['active'],
  completed: ['completed'],
  failed: ['failed'],
};

/** Jobs of a group that are asked for at once. */
const readAtOnce = 500;

/**
 * Which jobs a queue has, of which group, in which of the contract's states. BullMQ knows neither groups nor cancelled
 * work: for each there is a set of ids beside its keys.
 */
export class BullMqJobs {
  readonly #queue: JobQueue;
  readonly #redis: Redis;
  /** Ids of work that was cancelled. It stays where BullMQ has it until it is claimed or its holder asks. */
  readonly #cancelled: string;

  constructor({ queue, redis }: BullMqJobsDependencies) {
    this.#queue = queue;
    this.#redis = redis;
    this.#cancelled = queue.toKey('cancelled');
  }

  /** Notes what is about to be added, and gives the first of its places in the order of adding. */
  async announce(work: readonly NormalizedWork[]): Promise<number> {
    // Before the work itself: an id too many is looked up in vain, one too few would be forgotten.
    for (const [group, pieces] of Map.groupBy(work, (piece) => piece.group)) {
      await this.#redis.sadd(this.#groupKey(group), ...pieces.map(({ id }) => jobIdOf(id)));
    }
    return (await this.#redis.incrby(`${this.#cancelled}:position`, work.length)) - work.length;
  }

  /** Notes that jobs are cancelled, and gives how many were not. */
  async cancel(jobs: readonly WorkJob[]): Promise<number> {
    if (jobs.length === 0) return 0;
    return await this.#redis.sadd(this.#cancelled, ...jobs.map(({ data }) => data.id));
  }

  async isCancelled(id: string): Promise<boolean> {
    return (await this.#redis.sismember(this.#cancelled, id)) === 1;
  }

  /** Whether a lease is the one that the job is held by. */
  async holds(job: WorkJob, lease: string): Promise<boolean> {
    return (await this.#redis.get(this.#queue.toKey(`${job.id}:lock`))) === lease;
  }

  async get(id: string): Promise<WorkJob | undefined> {
    return (await this.#queue.getJob(jobIdOf(id))) as WorkJob | undefined;
  }

  async stateOf(job: WorkJob): Promise<WorkState> {
    const state = await job.getState();
    // One that ended since it was read has its outcome by now.
    if (state === 'completed') return job.returnvalue ?? (await this.get(job.data.id))?.returnvalue ?? 'completed';
    if (state === 'failed') return 'failed';
    if (await this.isCancelled(job.data.id)) return 'cancelled';
    return state === 'active' ? 'inProgress' : 'pending';
  }

  /** The selected jobs, all when nothing is selected, that are in one of these states. */
  async selected(selection: WorkSelection | undefined, among: readonly WorkState[]): Promise<WorkJob[]> {
    if (selection !== undefined && 'id' in selection) {
      const job = await this.get(selection.id);
      return job !== undefined && among.includes(await this.stateOf(job)) ? [job] : [];
    }
    const works = await this.works(selection?.group);
    return works.filter(({ state }) => among.includes(state)).map(({ job }) => job);
  }

  /** How much is in each state, of one group when given. */
  async count(group?: string): Promise<Record<WorkState, number>> {
    if (group === undefined) return await this.#countAll();
    const counts = noWork();
    for (const { state } of await this.works(group)) counts[state] += 1;
    return counts;
  }

  /** The work of a group, or all, in the order of adding; in one state when given. */
  async works(group?: string, wanted?: WorkState): Promise<KnownJob[]> {
    const works = await (group === undefined ? this.#allWorks(wanted) : this.#worksOf(group));
    const fitting = works.filter(({ state }) => wanted === undefined || state === wanted);
    return fitting.sort((a, b) => a.job.data.position - b.job.data.position);
  }

  /** Forgets a job. Rejects while somebody holds it. */
  async remove(job: WorkJob): Promise<void> {
    await job.remove();
    await this.#redis.srem(this.#groupKey(job.data.group), job.id as string);
    await this.#redis.srem(this.#cancelled, job.data.id);
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
      if (state === 'completed' && (await this.get(id))?.returnvalue !== 'cancelled') continue;
      counts[state === 'completed' ? state : state === 'active' ? 'inProgress' : 'pending'] -= 1;
      counts.cancelled += 1;
    }
    return counts;
  }

  /** A group's own jobs, one by one: whatever else the queue holds is not read. */
  async #worksOf(group: string): Promise<KnownJob[]> {
    const ids = await this.#redis.smembers(this.#groupKey(group));
    const works: KnownJob[] = [];
    for (let from = 0; from < ids.length; from += readAtOnce) {
      const some = ids.slice(from, from + readAtOnce).map(async (id) => {
        const job = (await this.#queue.getJob(id)) as WorkJob | undefined;
        return job?.data?.id === undefined ? [] : [{ job, state: await this.stateOf(job) }];
      });
      works.push(...(await Promise.all(some)).flat());
    }
    return works;
  }

  /** Leaves out what cannot be in the state that is wanted. */
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

  #groupKey(group: string): string {
    return this.#queue.toKey(`group:${group}`);
  }
}
