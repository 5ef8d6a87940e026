import { type ClaimedWork, type NewWork, normalizeWork, type Work, type WorkQueue } from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { SuiteFactory } from '../suites/suite.ts';
import { FakeWorkQueue } from '../work/fake-work-queue.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (queue: FakeWorkQueue, clock: VirtualClock) => Partial<WorkQueue>;

/** Work queues that break a law of the work queue suite each. */
export const brokenWorkQueues: readonly BrokenImplementation<SuiteFactory<WorkQueue>>[] = [
  broken('turns payloads into text', 'hands out what was added, with its payload word for word', (queue) => ({
    add: (work) => queue.add(work.map((piece) => ({ ...piece, payload: String(piece.payload) }))),
  })),
  broken('answers null for nothing', 'has nothing to hand out when it is empty or all is handed out', (queue) => ({
    claim: async (options) => (await queue.claim(options)) ?? (null as unknown as undefined),
  })),
  broken('has no priorities', 'hands out smaller priorities first, and equal ones in the order of adding', (queue) => ({
    add: (work) => queue.add(work.map((piece) => ({ ...piece, priority: 1 }))),
  })),
  broken('adds what it knows anew', 'takes no notice of work that it knows already', (queue) => ({
    add: async (work) => {
      for (const piece of work) {
        const known = (await queue.get(piece.id)) !== undefined;
        await queue.add([known ? { ...piece, id: `${piece.id} again` } : piece]);
      }
    },
  })),
  broken('looks first and claims later', 'hands each piece to one of many that ask at once', (queue) => ({
    claim: async (options) => {
      const [first] = await queue.list({ state: 'pending', limit: 1 });
      await Promise.resolve();
      const claimed = await queue.claim(options);
      return first === undefined || claimed === undefined ? claimed : { ...claimed, id: first.id };
    },
  })),
  broken('lets work end twice', 'ends work that is completed, once', (queue) => ({
    complete: async (work) => {
      await queue.complete(work);
      return true;
    },
  })),
  broken(
    'loses the checkpoint of a failed attempt',
    'gives a failed attempt another one, with its failure and its checkpoint',
    (queue) => ({ claim: async (options) => without(await queue.claim(options), 'checkpoint') }),
  ),
  broken(
    'forgets the checkpoint at the next sign of life',
    'keeps a checkpoint until there is a newer one',
    (queue) => ({
      progress: (work, { leaseMs, checkpoint = null }) => queue.progress(work, { leaseMs, checkpoint }),
    }),
  ),
  broken('retries for ever', 'makes work without attempts left a dead letter', (queue) => ({
    add: (work) => queue.add(work.map((piece) => ({ ...piece, maxAttempts: 1_000 }))),
  })),
  broken('retries what is not worth it', 'makes work that is not worth a retry a dead letter at once', (queue) => ({
    fail: (work, retry) => queue.fail(work, { ...retry, retryable: true }),
  })),
  broken(
    'requeues all when asked for one',
    'requeues dead letters with all their attempts, and no others',
    (queue) => ({
      requeue: () => queue.requeue(),
    }),
  ),
  broken('purges nothing', 'purges dead letters, and no others', () => ({ purge: async () => 1 })),
  broken('forgets dead letters with the rest', 'forgets groups that have ended, and nothing of others', (queue) => ({
    trim: async (retention) => (await queue.purge()) + (await queue.trim(retention)),
  })),
  broken('keeps all that has ended', 'keeps what ended last, within its limits', () => ({ trim: async () => 0 })),
  broken('counts what was given back', 'takes work back without counting the attempt', (queue) => ({
    claim: async (options) => {
      const claimed = await queue.claim(options);
      return claimed && { ...claimed, attempts: claimed.attempts + 1 };
    },
  })),
  broken('does not tell the holder', 'cancels what waits and what is under way, and tells the holder', (queue) => ({
    progress: async (work, options) => {
      await queue.progress(work, options);
      return true;
    },
  })),
  broken('lists the newest first', 'lists work in the order of its adding, by group and state', (queue) => ({
    list: async (filter) => (await queue.list(filter)).toReversed(),
  })),
  broken('invents work', 'knows nothing of work that was never added', (queue) => ({
    get: async (id) =>
      (await queue.get(id)) ?? ({ ...normalizeWork(pieceOf(id)), state: 'pending' } as unknown as Work),
  })),
  broken('adds the sound part', 'refuses work beyond its limits and adds none of it', (queue) => ({
    add: async (work) => {
      for (const piece of work) await queue.add([piece]);
    },
  })),
  broken('does not tell letters apart by their case', 'keeps ids apart that differ in a single character', (queue) => ({
    add: (work) => queue.add(work.map((piece) => ({ ...piece, id: piece.id.toLowerCase() }))),
  })),
  broken('does not wait for the time of a retry', 'holds work back until its time has come', (queue) => ({
    fail: (work, retry) => queue.fail(work, { ...retry, retryAt: undefined }),
  })),
  broken(
    'leaves work with holders that are gone',
    'hands out work again whose holder is gone, and answers the late one',
    (queue) => ({
      claim: () => queue.claim({ leaseMs: Number.MAX_SAFE_INTEGER }),
      progress: (work, options) => queue.progress(work, { ...options, leaseMs: Number.MAX_SAFE_INTEGER }),
    }),
  ),
  broken('hears no progress', 'leaves work with a holder that shows progress', (queue) => ({
    progress: async (work, { checkpoint }) => await queue.progress(work, { leaseMs: 0, checkpoint }),
  })),
  broken(
    'hands out work for ever whose holders are gone',
    'makes work a dead letter whose holders are gone at every attempt',
    (queue) => ({
      add: (work) => queue.add(work.map((piece) => ({ ...piece, maxAttempts: (piece.maxAttempts ?? 5) + 1 }))),
    }),
  ),
];

function pieceOf(id: string): NewWork {
  return { id, group: 'invented', payload: null };
}

function without(claimed: ClaimedWork | undefined, field: 'checkpoint'): ClaimedWork | undefined {
  return claimed && { ...claimed, [field]: undefined };
}

function broken(defect: string, law: string, by: Break): BrokenImplementation<SuiteFactory<WorkQueue>> {
  const create: SuiteFactory<WorkQueue>['create'] = async () => {
    const clock = new VirtualClock({ start: Date.now() });
    const queue = new FakeWorkQueue({ clock });
    const sound: WorkQueue = {
      add: (work) => queue.add(work),
      claim: (options) => queue.claim(options),
      progress: (work, options) => queue.progress(work, options),
      complete: (work) => queue.complete(work),
      fail: (work, retry) => queue.fail(work, retry),
      release: (work) => queue.release(work),
      cancel: (selection) => queue.cancel(selection),
      get: (id) => queue.get(id),
      list: (filter) => queue.list(filter),
      counts: (group) => queue.counts(group),
      requeue: (selection) => queue.requeue(selection),
      purge: (selection) => queue.purge(selection),
      trim: (retention) => queue.trim(retention),
      close: () => queue.close(),
    };
    return { subject: { ...sound, ...by(queue, clock) }, advance: (milliseconds) => clock.advance(milliseconds) };
  };
  return { defect, law, factory: { create } };
}
