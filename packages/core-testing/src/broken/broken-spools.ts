import type { BatchSpool, SpoolEntry } from '@quantumtrade/shared-types';
import { InMemorySpool } from '../spool/in-memory-spool.ts';
import type { BatchSpoolSuiteFactory } from '../suites/batch-spool-suite.ts';
import type { BrokenImplementation } from './broken-implementation.ts';

type Break = (spool: InMemorySpool) => Partial<BatchSpool>;

/** Spools that break a law of the batch-spool suite each. */
export const brokenSpools: readonly BrokenImplementation<BatchSpoolSuiteFactory>[] = [
  broken('hands out the newest first', 'hands out the oldest batch first, each one until it is removed', (spool) => ({
    peek: async (afterId = 0) => {
      let newest: SpoolEntry | undefined;
      for (let next = await spool.peek(afterId); next !== undefined; next = await spool.peek(next.id)) newest = next;
      return newest;
    },
  })),
  broken('forgets what it hands out', 'hands out the oldest batch first, each one until it is removed', (spool) => ({
    peek: async (afterId) => {
      const entry = await spool.peek(afterId);
      if (entry !== undefined) await spool.remove(entry.id);
      return entry;
    },
  })),
  broken('writes the last of many first', 'keeps the order of appends that were made at once', (spool) => {
    const waiting: (() => Promise<void>)[] = [];
    return {
      append: (batch) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        waiting.unshift(() => spool.append(batch).then(resolve, reject));
        queueMicrotask(async () => {
          for (const write of waiting.splice(0)) await write();
        });
        return promise;
      },
    };
  }),
  broken('loses the rejected rows', 'gives back every field of a batch exactly', (spool) => ({
    append: (batch) => spool.append({ ...batch, quarantined: [] }),
  })),
  broken('keeps floats', 'gives back every field of a batch exactly', (spool) => ({
    append: (batch) => {
      const { close } = batch.accepted;
      const floats = { scale: close.scale, units: Float64Array.from(close.units, Number) };
      return spool.append({ ...batch, accepted: { ...batch.accepted, close: floats } });
    },
  })),
  broken('keeps a repeated batch twice', 'keeps a batch once, also when it is appended again', (spool) => {
    let appended = 0;
    return {
      append: ({ identity, ...rest }) => {
        appended += 1;
        return spool.append({ ...rest, identity: { ...identity, batchId: `${identity.batchId}-${appended}` } });
      },
    };
  }),
  broken('takes any waiting batch for one of the series', 'knows which series have a batch waiting', (spool) => ({
    isWaiting: async () => (await spool.stats()).entries > 0,
  })),
  broken(
    'drops the oldest to make room',
    'refuses what does not fit, keeps what it has, and takes more once there is room',
    (spool) => ({
      append: async (batch) => {
        try {
          await spool.append(batch);
        } catch (error) {
          const oldest = await spool.peek();
          if (oldest === undefined) throw error;
          await spool.remove(oldest.id);
          await spool.append(batch);
        }
      },
    }),
  ),
  broken('counts no bytes', 'says how many batches wait, what they take and since when', (spool) => ({
    stats: async () => ({ ...(await spool.stats()), bytes: 0 }),
  })),
  broken('forgets everything at the end', 'has everything again after it was closed', (spool) => ({
    close: async () => {
      for (let entry = await spool.peek(); entry !== undefined; entry = await spool.peek())
        await spool.remove(entry.id);
      await spool.close();
    },
  })),
  broken('drops damaged entries', 'passes a damaged entry over, keeps it aside and says so', (spool) => ({
    damaged: async () => [],
    stats: async () => ({ ...(await spool.stats()), damaged: 0 }),
  })),
  broken('goes on after its end', 'is of no use before it is opened and after it was closed', (spool) => ({
    append: async (batch) => {
      await spool.open();
      await spool.append(batch);
    },
  })),
];

function broken(defect: string, law: string, by: Break): BrokenImplementation<BatchSpoolSuiteFactory> {
  const create: BatchSpoolSuiteFactory['create'] = async ({ maxBytes }) => {
    const spool = new InMemorySpool({ maxBytes });
    const sound: BatchSpool = {
      open: () => spool.open(),
      append: (batch) => spool.append(batch),
      peek: (afterId) => spool.peek(afterId),
      remove: (id) => spool.remove(id),
      isWaiting: (series) => spool.isWaiting(series),
      claimReplay: () => spool.claimReplay(),
      stats: () => spool.stats(),
      damaged: () => spool.damaged(),
      close: () => spool.close(),
    };
    const subject = { ...sound, ...by(spool) };
    return {
      subject,
      reopen: async () => {
        await subject.close();
        await subject.open();
        return subject;
      },
      damage: async (id) => spool.damage(id),
    };
  };
  return { defect, law, factory: { create } };
}
