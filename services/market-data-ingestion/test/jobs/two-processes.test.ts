import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  hasRedisServer,
  startRedisServer,
} from '../../../../packages/database-abstraction/test/support/redis-server.ts';
import { readJournal, startWorker } from './run-workers.ts';
import { openJobs, type WorkerPlan } from './worker-plan.ts';

describe.skipIf(!hasRedisServer)('two processes with one Redis (redis-server absent)', () => {
  it('share a backfill: nothing twice, and about half the calls each', { timeout: 60_000 }, async () => {
    const redis = await startRedisServer();
    const directory = await mkdtemp(join(tmpdir(), 'jobs-shared-'));
    onTestFinished(async () => {
      await redis.close();
      await rm(directory, { recursive: true, force: true });
    });
    const journal = join(directory, 'journal');
    const planOf = (name: string): WorkerPlan => ({
      ...{ directory: join(directory, name), redisUrl: redis.url, journal },
      ...{ workers: 2, itemsPerSecond: 25, items: 72, callMs: [5, 15] },
    });
    const jobs = await openJobs(planOf('test'));
    onTestFinished(() => jobs.close());
    const processes = await Promise.all([startWorker(planOf('one')), startWorker(planOf('other'))]);
    const job = await jobs.board.plan({
      symbols: ['AAA', 'BBB', 'CCC'],
      interval: '5min',
      from: '2022-01',
      to: '2023-12',
    });
    await jobs.board.create(job);
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([true, true]);

    const calls = readJournal(journal).filter(({ answered }) => !answered);
    expect([calls.length, new Set(calls.map(({ call }) => call)).size]).toEqual([72, 72]);
    expect((await jobs.board.progress(job.id)).state).toBe('completed');
    for (const { child } of processes) {
      const share = calls.filter((line) => line.process === child.pid).length / calls.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.7);
    }
  });
});
