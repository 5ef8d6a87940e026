import { randomUUID } from 'node:crypto';
import { type ClaimedWork, isServiceError, type Json, type NewWork, type WorkQueue } from '@quantumtrade/core-traits';
import { pass, rejectionOf, type SuiteFactory, type SuiteSubject, type TestFunctions, withSubject } from './suite.ts';

/** Work of one test, in a group of its own. Other tests' work in the same queue is set aside by its priority. */
interface TestWork {
  readonly queue: WorkQueue;
  readonly group: string;
  readonly advance: SuiteSubject<WorkQueue>['advance'];
  work(name: string, more?: Partial<NewWork>): NewWork;
  claim(leaseMs?: number): Promise<ClaimedWork>;
}

const longLeaseMs = 60_000;
const shortLeaseMs = 1_000;
const failure = { kind: 'externalApi', reason: 'outage', message: 'the vendor is away' };

/**
 * What every {@link WorkQueue} must do. The subject must be empty and its user's alone. Where the factory gives no
 * `advance`, tests of leases wait a few seconds.
 */
export function workQueueSuite({ describe, it, expect }: TestFunctions, factory: SuiteFactory<WorkQueue>): void {
  const law = (name: string, body: (test: TestWork) => Promise<void>): void => {
    it(
      name,
      withSubject(factory, (queue, advance) => body(testWork(queue, advance))),
    );
  };
  const idsOf = (works: readonly { readonly id: string }[]): string[] => works.map(({ id }) => id);

  describe('a work queue', () => {
    law('hands out what was added, with its payload word for word', async ({ queue, work, claim, group }) => {
      const payload: Json = { text: 'é "quoted"\n🚀', list: [1, null, true, { deep: [] }], number: 1.5 };
      await queue.add([work('one', { payload, priority: 7, maxAttempts: 3 })]);
      const claimed = await claim();
      const { id } = work('one');
      expect({ ...claimed, lease: '', addedAt: 0 }).toEqual({
        id,
        group,
        payload,
        priority: 7,
        maxAttempts: 3,
        state: 'inProgress',
        attempts: 1,
        addedAt: 0,
        lease: '',
      });
    });

    law('has nothing to hand out when it is empty or all is handed out', async ({ queue, work, claim }) => {
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      await queue.add([work('one')]);
      await claim();
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
    });

    law('hands out smaller priorities first, and equal ones in the order of adding', async ({ queue, work, claim }) => {
      await queue.add([work('third', { priority: 500 }), work('first', { priority: 0 }), work('second')]);
      await queue.add([work('fourth', { priority: 500 })]);
      const order = [await claim(), await claim(), await claim(), await claim()];
      expect(idsOf(order)).toEqual(idsOf(['first', 'second', 'third', 'fourth'].map((name) => work(name))));
    });

    law('takes no notice of work that it knows already', async ({ queue, work, claim, group }) => {
      await queue.add([work('one', { payload: 'first' })]);
      await queue.add([work('one', { payload: 'second' }), work('two')]);
      expect((await claim()).payload).toBe('first');
      const held = await claim();
      await queue.complete(held);
      await queue.add([work('two')]);
      expect(await queue.counts(group)).toEqual(counts({ inProgress: 1, completed: 1 }));
    });

    law('hands each piece to one of many that ask at once', async ({ queue, work }) => {
      await queue.add(Array.from({ length: 20 }, (_, index) => work(`${index}`)));
      const claims = await Promise.all(Array.from({ length: 30 }, () => queue.claim({ leaseMs: longLeaseMs })));
      const ids = claims.flatMap((claimed) => (claimed === undefined ? [] : [claimed.id]));
      expect(new Set(ids).size).toBe(20);
      expect(ids.length).toBe(20);
    });

    law('ends work that is completed, once', async ({ queue, work, claim, group }) => {
      await queue.add([work('one')]);
      const claimed = await claim();
      expect(await queue.complete(claimed)).toBe(true);
      expect(await queue.complete(claimed)).toBe(false);
      expect((await queue.get(claimed.id))?.state).toBe('completed');
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      expect(await queue.counts(group)).toEqual(counts({ completed: 1 }));
    });

    law('gives a failed attempt another one, with its failure and its checkpoint', async ({ queue, work, claim }) => {
      await queue.add([work('one')]);
      const first = await claim();
      expect(await queue.progress(first, { leaseMs: longLeaseMs, checkpoint: { month: '2024-03' } })).toBe(true);
      expect(await queue.fail(first, { failure })).toBe('retried');
      expect(await queue.complete(first)).toBe(false);
      const second = await claim();
      expect([second.attempts, second.checkpoint, second.failure]).toEqual([2, { month: '2024-03' }, failure]);
    });

    law('keeps a checkpoint until there is a newer one', async ({ queue, work, claim }) => {
      await queue.add([work('one')]);
      const claimed = await claim();
      await queue.progress(claimed, { leaseMs: longLeaseMs, checkpoint: 1 });
      await queue.progress(claimed, { leaseMs: longLeaseMs });
      expect((await queue.get(claimed.id))?.checkpoint).toBe(1);
    });

    law('makes work without attempts left a dead letter', async ({ queue, work, claim, group }) => {
      await queue.add([work('one', { maxAttempts: 2 })]);
      expect(await queue.fail(await claim(), { failure })).toBe('retried');
      expect(await queue.fail(await claim(), { failure })).toBe('dead');
      const [dead] = await queue.list({ group, state: 'failed' });
      expect([dead?.state, dead?.attempts, dead?.failure]).toEqual(['failed', 2, failure]);
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
    });

    law('makes work that is not worth a retry a dead letter at once', async ({ queue, work, claim, group }) => {
      await queue.add([work('one')]);
      expect(await queue.fail(await claim(), { failure, retryable: false })).toBe('dead');
      expect(await queue.counts(group)).toEqual(counts({ failed: 1 }));
    });

    law('requeues dead letters with all their attempts, and no others', async ({ queue, work, claim, group }) => {
      await queue.add([work('one', { maxAttempts: 1 }), work('two', { maxAttempts: 1 }), work('done')]);
      for (const _ of [1, 2]) await queue.fail(await claim(), { failure });
      await queue.complete(await claim());
      expect(await queue.requeue({ id: work('one').id })).toBe(1);
      expect(await queue.counts(group)).toEqual(counts({ pending: 1, failed: 1, completed: 1 }));
      const again = await claim();
      expect([again.id, again.attempts]).toEqual([work('one').id, 1]);
      expect(await queue.requeue({ group })).toBe(1);
      expect(await queue.requeue({ group })).toBe(0);
    });

    law('purges dead letters, and no others', async ({ queue, work, claim, group }) => {
      await queue.add([work('dead', { maxAttempts: 1, priority: 0 }), work('waiting')]);
      const dead = await claim();
      await queue.fail(dead, { failure });
      expect(await queue.purge({ group })).toBe(1);
      expect(await queue.get(dead.id)).toBe(undefined);
      expect(await queue.counts(group)).toEqual(counts({ pending: 1 }));
      await queue.add([work('dead')]);
      expect(await queue.counts(group)).toEqual(counts({ pending: 2 }));
    });

    law('forgets groups that have ended, and nothing of others', async ({ queue, work, claim, group }) => {
      const groups = ['ended', 'cancelled', 'dead', 'open'].map((name) => `${group} ${name}`);
      const [ended, cancelled, dead, open] = groups as [string, string, string, string];
      await queue.add([
        ...[work('a', { group: ended }), work('b', { group: ended }), work('c', { group: dead, maxAttempts: 1 })],
        ...[work('d', { group: dead }), work('e', { group: open }), work('f', { group: open })],
        ...[work('g', { group: cancelled }), work('h', { group, priority: 0 })],
      ]);
      for (const _ of ['h', 'a', 'b']) await queue.complete(await claim());
      await queue.fail(await claim(), { failure });
      for (const _ of ['d', 'e']) await queue.complete(await claim());
      await queue.cancel({ group: cancelled });
      expect(await queue.trim({ endedBefore: 0, keep: 1_000 })).toBe(0);
      expect(await queue.trim({ endedBefore: Date.now() + 3_600_000, keep: 1_000 })).toBe(4);
      const left = [];
      for (const each of [group, ...groups]) left.push((await queue.list({ group: each })).length);
      expect(left).toEqual([0, 0, 0, 2, 2]);
      expect(await queue.counts()).toEqual(counts({ pending: 1, completed: 2, failed: 1 }));
      expect((await claim()).id).toBe(work('f').id);
    });

    law('keeps what ended last, within its limits', async ({ queue, work, claim, group, advance }) => {
      for (const name of ['first', 'second', 'third']) {
        await queue.add([1, 2].map((number) => work(`${name} ${number}`, { group: `${group} ${name}` })));
        for (const _ of [1, 2]) await queue.complete(await claim());
        await pass(advance, 5);
      }
      const left = async () => (await queue.list()).map(({ id }) => id.slice(group.length + 1));
      expect(await queue.trim({ endedBefore: 0, keep: 5 })).toBe(2);
      expect(await left()).toEqual(['second 1', 'second 2', 'third 1', 'third 2']);
      // What ended last is somebody's answer, however large it is.
      expect(await queue.trim({ endedBefore: 0, keep: 0 })).toBe(2);
      expect(await left()).toEqual(['third 1', 'third 2']);
      const [one] = await queue.list();
      expect((one?.endedAt ?? 0) >= (one?.addedAt ?? 1)).toBe(true);
    });

    law('takes work back without counting the attempt', async ({ queue, work, claim }) => {
      await queue.add([work('one', { maxAttempts: 1 })]);
      const first = await claim();
      expect(await queue.release(first)).toBe(true);
      expect(await queue.release(first)).toBe(false);
      const second = await claim();
      expect(second.attempts).toBe(1);
      expect(await queue.complete(second)).toBe(true);
    });

    law('cancels what waits and what is under way, and tells the holder', async ({ queue, work, claim, group }) => {
      await queue.add([work('held'), work('waiting'), work('done', { priority: 0 })]);
      await queue.complete(await claim());
      const held = await claim();
      expect(await queue.cancel({ group })).toBe(2);
      expect(await queue.cancel({ group })).toBe(0);
      expect(await queue.progress(held, { leaseMs: longLeaseMs })).toBe(false);
      expect(await queue.complete(held)).toBe(false);
      expect(await queue.fail(held, { failure })).toBe('lost');
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      expect(await queue.counts(group)).toEqual(counts({ cancelled: 2, completed: 1 }));
    });

    law('lists work in the order of its adding, by group and state', async ({ queue, work, claim, group }) => {
      const names = ['a', 'b', 'c', 'd'];
      await queue.add(names.map((name, index) => work(name, { priority: 900 - index })));
      await queue.add([work('other', { group: `${group} other`, priority: 1_000 })]);
      expect(idsOf(await queue.list({ group }))).toEqual(names.map((name) => work(name).id));
      expect(idsOf(await queue.list({ group, limit: 2 }))).toEqual(['a', 'b'].map((name) => work(name).id));
      const claimed = await claim();
      expect(idsOf(await queue.list({ group, state: 'inProgress' }))).toEqual([claimed.id]);
      expect((await queue.list()).length).toBe(5);
    });

    law('knows nothing of work that was never added', async ({ queue, group }) => {
      expect(await queue.get(`${group} unknown`)).toBe(undefined);
      expect(await queue.list({ group })).toEqual([]);
      expect(await queue.cancel({ id: `${group} unknown` })).toBe(0);
    });

    law('refuses work beyond its limits and adds none of it', async ({ queue, work, group }) => {
      const hostile: NewWork[] = [
        work('x', { id: '' }),
        work('x', { id: 'x'.repeat(201) }),
        work('x', { group: '' }),
        work('x', { priority: -1 }),
        work('x', { priority: 1.5 }),
        work('x', { maxAttempts: 0 }),
        work('x', { payload: undefined as unknown as Json }),
        work('x', { notBefore: Number.NaN }),
      ];
      for (const piece of hostile) {
        const error = await rejectionOf(queue.add([work('sound'), piece]));
        expect(isServiceError(error) && [error.kind, error.reason], JSON.stringify(piece)).toEqual([
          'configuration',
          'invalidWork',
        ]);
      }
      expect(await queue.counts(group)).toEqual(counts({}));
    });

    law('keeps ids apart that differ in a single character', async ({ queue, work, group }) => {
      const ids = ['a:b', 'a/b', 'a b', 'a%3Ab', '1', '01', "a'b", 'A:B', 'á:b'].map((id) => `${group} ${id}`);
      await queue.add(ids.map((id) => work('x', { id })));
      expect(idsOf(await queue.list({ group }))).toEqual(ids);
    });

    law('holds work back until its time has come', async ({ queue, work, claim, advance }) => {
      const soon = work('soon', { notBefore: Date.now() + 3_600_000 });
      await queue.add([soon, work('now', { notBefore: 1 })]);
      const first = await claim();
      expect(first.id).toBe(work('now').id);
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      expect((await queue.get(soon.id))?.state).toBe('pending');
      await queue.fail(first, { failure, retryAt: first.addedAt + 1_500 });
      expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      expect((await claimedWithin(queue, advance, longLeaseMs))?.id).toBe(first.id);
    });

    law('hands out work again whose holder is gone, and answers the late one', async (test) => {
      const { queue, work, claim, advance } = test;
      await queue.add([work('one')]);
      const gone = await claim(shortLeaseMs);
      await queue.progress(gone, { leaseMs: shortLeaseMs, checkpoint: 'half' });
      const second = await claimedWithin(queue, advance, longLeaseMs);
      expect([second?.id, second?.attempts, second?.checkpoint]).toEqual([gone.id, 2, 'half']);
      expect(await queue.progress(gone, { leaseMs: longLeaseMs })).toBe(false);
      expect(await queue.complete(gone)).toBe(false);
      expect(await queue.complete(second as ClaimedWork)).toBe(true);
    });

    law('leaves work with a holder that shows progress', async ({ queue, work, claim, advance }) => {
      await queue.add([work('one')]);
      const held = await claim(shortLeaseMs);
      for (let step = 0; step < 5; step++) {
        await pass(advance, shortLeaseMs * 0.6);
        expect(await queue.progress(held, { leaseMs: shortLeaseMs })).toBe(true);
        expect(await queue.claim({ leaseMs: longLeaseMs })).toBe(undefined);
      }
      expect(await queue.complete(held)).toBe(true);
    });

    law('makes work a dead letter whose holders are gone at every attempt', async (test) => {
      const { queue, work, claim, advance, group } = test;
      await queue.add([work('one', { maxAttempts: 1 })]);
      await claim(shortLeaseMs);
      const dead = async () => (await queue.list({ group, state: 'failed' }))[0];
      const claimed = await claimedWithin(queue, advance, longLeaseMs, async () => (await dead()) !== undefined);
      expect(claimed).toBe(undefined);
      expect((await dead())?.failure?.reason).toBe('leaseExpired');
      expect((await dead())?.attempts).toBe(1);
    });
  });
}

/** How long a queue may take to notice that a lease is over or that a time has come, in milliseconds. */
const noticeMs = 4_500;

/** The next piece of work, asked for until it is there, until `enough`, or until a queue should long have noticed it. */
async function claimedWithin(
  queue: WorkQueue,
  advance: SuiteSubject<WorkQueue>['advance'],
  leaseMs: number,
  enough: () => Promise<boolean> = async () => false,
): Promise<ClaimedWork | undefined> {
  const stepMs = 250;
  for (let waited = 0; waited < noticeMs; waited += stepMs) {
    await pass(advance, stepMs);
    const claimed = await queue.claim({ leaseMs });
    if (claimed !== undefined) return claimed;
    if (await enough()) return undefined;
  }
  return undefined;
}

function testWork(queue: WorkQueue, advance: TestWork['advance']): TestWork {
  const group = `suite ${randomUUID()}`;
  return {
    queue,
    group,
    advance,
    work: (name, more) => ({ id: `${group} ${name}`, group, payload: {}, ...more }),
    claim: async (leaseMs = longLeaseMs) => {
      const claimed = await queue.claim({ leaseMs });
      if (claimed === undefined) throw new Error('there was nothing to claim');
      return claimed;
    },
  };
}

function counts(some: Readonly<Record<string, number>>) {
  return { pending: 0, inProgress: 0, completed: 0, failed: 0, cancelled: 0, ...some };
}
