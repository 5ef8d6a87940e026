import {
  type Clock,
  type MonitoringProvider,
  ServiceError,
  type Work,
  type WorkQueue,
} from '@quantumtrade/core-traits';
import { jobInstruments } from './instruments.ts';
import {
  defaultTierCaps,
  isSettled,
  type JobDetail,
  type JobProgress,
  type JobRequest,
  type JobSummary,
  stateOf,
  type Tier,
} from './job.ts';
import { type JobItem, readItem } from './job-item.ts';
import type { MissingHistory } from './missing-history.ts';
import { draftJob, type JobScope, partName, workId, workOf } from './plan-job.ts';

export interface JobBoardDependencies {
  readonly queue: WorkQueue;
  /** Says what has to be asked for. */
  readonly missing: MissingHistory;
  readonly clock: Pick<Clock, 'now'>;
  readonly scope: JobScope;
  readonly monitoring?: Pick<MonitoringProvider, 'recordCounter'> | undefined;
  /** Attempts of an item, those that ended with their process included. */
  readonly maxAttempts: number;
  /** How many items of a tier may wait at once. @default 20,000, 20,000 and 40,000 */
  readonly caps?: Readonly<Record<Tier, number>> | undefined;
}

/** A job as it would be made. */
export interface JobPlan {
  readonly id: string;
  /** Whether the queue has this job already; its items are then added where they are missing. */
  readonly known: boolean;
  /** In the order in which they begin. */
  readonly items: readonly JobItem[];
  /** Calls to the vendor that they take. */
  readonly calls: number;
  /** How many months of series, or whole series of longer bars, need no call: nothing of them is pending. */
  readonly finished: number;
}

/** More than a queue ever holds. */
const all = 1_000_000;

/** Makes jobs and says how they are. It works on the queue alone, so any process that has the queue can ask. */
export class JobBoard {
  readonly #dependencies: JobBoardDependencies;

  constructor(dependencies: JobBoardDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * What a request comes to, without making anything. A request whose job is under way is that job. What is a dead letter
   * of an earlier one stays one: it is not asked for again.
   *
   * @throws ServiceError of kind `configuration` for a request that breaks the rules, and of kind `database` when nobody
   * can say what is missing.
   */
  async plan(request: JobRequest): Promise<JobPlan> {
    const { queue, missing, clock, scope } = this.#dependencies;
    const draft = await draftJob(request, scope, { missing, now: clock.now() });
    const same: KnownJob[] = [];
    const planOf = (id: string, known: boolean, without: ReadonlySet<string>): JobPlan => {
      const items = draft.items.filter((item) => !without.has(partName(item)));
      const calls = items.reduce((sum, item) => sum + (draft.calls.get(item) ?? 0), 0);
      return { id, known, items, calls, finished: draft.finished };
    };
    for (let number = 1; ; number++) {
      const id = number === 1 ? draft.name : `${draft.name}_${number}`;
      const works = await queue.list({ group: id, limit: all });
      const [first] = works;
      if (first !== undefined) {
        if (readItem(first.payload).request === draft.request) same.push({ id, works });
        continue;
      }
      const dead = same.flatMap((job) => partsOf(job, 'failed'));
      const open = same.findLast(({ works }) => !isSettled(countsOf(works)));
      // What it has completed is known to the queue and cannot be added again.
      if (open !== undefined) return planOf(open.id, true, new Set([...dead, ...partsOf(open, 'completed')]));
      const plan = planOf(id, false, new Set(dead));
      const last = same.findLast(({ works }) => countsOf(works).failed > 0) ?? same.at(-1);
      return plan.items.length > 0 || last === undefined ? plan : { ...plan, id: last.id, known: true };
    }
  }

  /**
   * Adds what a plan holds to the queue, where it then waits for a runner. Doing it again changes nothing.
   *
   * @throws ServiceError of kind `configuration`, reason `backlogFull`, when too much of the tier would wait.
   */
  async create({ id, items }: JobPlan): Promise<void> {
    const { queue, monitoring, maxAttempts, caps = defaultTierCaps } = this.#dependencies;
    const [first] = items;
    if (first === undefined) return;
    const pending = await queue.list({ state: 'pending', limit: all });
    const own = new Set(items.map((item) => workId(id, item)));
    const waiting = pending.filter((work) => readItem(work.payload).tier === first.tier && !own.has(work.id)).length;
    const cap = caps[first.tier];
    if (waiting + items.length > cap) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'backlogFull',
        message:
          `${waiting} items of ${first.tier} wait and ${items.length} more would be beyond ${cap}: ` +
          'ask for fewer months or symbols, use another tier, or wait',
      });
    }
    const known = sumOf(await queue.counts(id));
    await queue.add(workOf(id, items, maxAttempts));
    const added = sumOf(await queue.counts(id)) - known;
    if (added > 0) monitoring?.recordCounter(jobInstruments.enqueued, added, { tier: first.tier });
  }

  /** Every job, the oldest first. */
  async list(): Promise<JobSummary[]> {
    const works = await this.#dependencies.queue.list({ limit: all });
    return [...Map.groupBy(works, ({ group }) => group).values()].map(summaryOf);
  }

  /** @throws ServiceError of kind `configuration`, reason `unknownJob`. */
  async show(id: string): Promise<JobDetail> {
    const works = await this.#works(id);
    const bySymbol = Map.groupBy(works, ({ payload }) => readItem(payload).symbol);
    return {
      ...summaryOf(works),
      symbols: [...bySymbol].map(([symbol, some]) => ({ symbol, ...progressOf(some) })),
    };
  }

  /** The items of a job that have ended, in the order of their adding. */
  async ended(id: string): Promise<Work[]> {
    const works = await this.#dependencies.queue.list({ group: id, limit: all });
    return works.filter(({ state }) => state !== 'pending' && state !== 'inProgress');
  }

  /** Counts the items of a job by their states. */
  async progress(id: string): Promise<JobProgress> {
    const items = await this.#dependencies.queue.counts(id);
    return { state: stateOf(items), items };
  }

  /** Cancels what has not ended, and gives how many items that was. @throws ServiceError, reason `unknownJob`. */
  async cancel(id: string): Promise<number> {
    await this.#works(id);
    return await this.#dependencies.queue.cancel({ group: id });
  }

  /** Items without an attempt left, in the order of their adding. */
  async deadLetters(): Promise<Work[]> {
    return await this.#dependencies.queue.list({ state: 'failed', limit: all });
  }

  /** Gives dead letters all their attempts again: one item, a job's, or all. How many that was. */
  async requeue(id?: string): Promise<number> {
    const { queue } = this.#dependencies;
    return await (id === undefined ? queue.requeue() : queue.requeue(await this.#selection(id)));
  }

  /** Forgets dead letters: one item, a job's, or all. How many that was. */
  async purge(id?: string): Promise<number> {
    const { queue } = this.#dependencies;
    return await (id === undefined ? queue.purge() : queue.purge(await this.#selection(id)));
  }

  async #selection(id: string): Promise<{ readonly id: string } | { readonly group: string }> {
    if ((await this.#dependencies.queue.get(id)) !== undefined) return { id };
    await this.#works(id);
    return { group: id };
  }

  async #works(id: string): Promise<readonly [Work, ...Work[]]> {
    const [first, ...rest] = await this.#dependencies.queue.list({ group: id, limit: all });
    if (first !== undefined) return [first, ...rest];
    throw new ServiceError({
      kind: 'configuration',
      reason: 'unknownJob',
      message: `there is no job ${JSON.stringify(id.slice(0, 100))}: \`market-data jobs\` lists them`,
    });
  }
}

/** A job of the same request, whose items the queue knows. */
interface KnownJob {
  readonly id: string;
  readonly works: readonly Work[];
}

function partsOf({ works }: KnownJob, state: Work['state']): string[] {
  return works.flatMap((work) => (work.state === state ? [partName(readItem(work.payload))] : []));
}

function summaryOf(works: readonly Work[]): JobSummary {
  const [{ group: id, payload, addedAt }] = works as readonly [Work, ...Work[]];
  const { interval, tier } = readItem(payload);
  return { id, interval, tier, createdAt: addedAt, ...progressOf(works) };
}

function progressOf(works: readonly Work[]): JobProgress {
  const items = countsOf(works);
  return { state: stateOf(items), items };
}

function sumOf(counts: JobProgress['items']): number {
  return Object.values(counts).reduce((sum, items) => sum + items, 0);
}

function countsOf(works: readonly Work[]): JobProgress['items'] {
  const counts = { pending: 0, inProgress: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { state } of works) counts[state] += 1;
  return counts;
}
