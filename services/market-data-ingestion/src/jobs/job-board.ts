import { type Clock, ServiceError, type Work, type WorkQueue } from '@quantumtrade/core-traits';
import { isComplete } from '../collection/months.ts';
import type { CollectorMemory } from '../memory/collector-memory.ts';
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
import { type DraftJob, draftJob, type JobScope, workId, workOf } from './plan-job.ts';

export interface JobBoardDependencies {
  readonly queue: WorkQueue;
  readonly memory: Pick<CollectorMemory, 'finishedMonths'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly scope: JobScope;
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
  /** How many months of series are complete and will not be asked for again. */
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
   * What a request comes to, without making anything. A request whose job is under way is that job; one whose job has
   * all of its months has nothing to do.
   *
   * @throws ServiceError of kind `configuration` for a request that breaks the rules.
   */
  async plan(request: JobRequest): Promise<JobPlan> {
    const { queue, memory, clock, scope } = this.#dependencies;
    const draft = draftJob(request, scope, { memory, now: clock.now() });
    const { items, finished } = draft;
    for (let number = 1; ; number++) {
      const id = number === 1 ? draft.name : `${draft.name}_${number}`;
      const works = await queue.list({ group: id, limit: all });
      const [first] = works;
      if (first === undefined) return { id, known: false, items, finished };
      if (readItem(first.payload).request !== draft.request) continue;
      const counts = countsOf(works);
      if (!isSettled(counts) || counts.failed > 0) return { id, known: true, items, finished };
      if (covers(works, draft, id)) return { id, known: true, items: [], finished: finished + items.length };
    }
  }

  /**
   * Adds what a plan holds to the queue, where it then waits for a runner. Doing it again changes nothing.
   *
   * @throws ServiceError of kind `configuration`, reason `backlogFull`, when too much of the tier would wait.
   */
  async create({ id, items }: JobPlan): Promise<void> {
    const { queue, maxAttempts, caps = defaultTierCaps } = this.#dependencies;
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
    await queue.add(workOf(id, items, maxAttempts));
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

/** Whether a job that has ended has all that is wanted, so that asking again would bring nothing. */
function covers(works: readonly Work[], { items }: DraftJob, id: string): boolean {
  const done = new Map(works.filter(({ state }) => state === 'completed').map((work) => [work.id, work]));
  return items.every((item) => {
    const work = done.get(workId(id, item));
    return work !== undefined && item.month !== undefined && isComplete(item.month, work.addedAt);
  });
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

function countsOf(works: readonly Work[]): JobProgress['items'] {
  const counts = { pending: 0, inProgress: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { state } of works) counts[state] += 1;
  return counts;
}
