import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  hasRedisServer,
  startRedisServer,
} from '../../../../packages/database-abstraction/test/support/redis-server.ts';
import { readJournal, startWorker, type WorkerProcess } from './run-workers.ts';
import { callName, type JournalLine, openJobs, type WorkerPlan } from './worker-plan.ts';

const [items, workers] = [72, 2];

/** Two processes that work on one backfill in a Redis of their own. */
async function twoProcesses() {
  const redis = await startRedisServer();
  const directory = await mkdtemp(join(tmpdir(), 'jobs-shared-'));
  const journal = join(directory, 'journal');
  const planOf = (name: string): WorkerPlan => ({
    ...{ directory: join(directory, name), redisUrl: redis.url, journal },
    ...{ workers, itemsPerSecond: 25, items, callMs: [5, 15] },
  });
  const jobs = await openJobs(planOf('test'));
  onTestFinished(async () => {
    await jobs.close();
    await redis.close();
    await rm(directory, { recursive: true, force: true });
  });
  const processes = await Promise.all([startWorker(planOf('one')), startWorker(planOf('other'))]);
  const request = { symbols: ['AAA', 'BBB', 'CCC'], interval: '5min', from: '2022-01', to: '2023-12' };
  const job = await jobs.board.plan(request);
  await jobs.board.create(job);
  return {
    jobs,
    job,
    processes: processes as [WorkerProcess, WorkerProcess],
    lines: () => readJournal(journal),
    begun: (lines: readonly JournalLine[]) => lines.filter(({ answered }) => !answered),
  };
}

describe.skipIf(!hasRedisServer)('two processes with one Redis (redis-server absent)', { timeout: 120_000 }, () => {
  it('share a backfill: nothing twice, and about half the calls each', async () => {
    const { jobs, job, processes, lines, begun } = await twoProcesses();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([true, true]);
    const calls = begun(lines());
    expect([calls.length, new Set(calls.map(({ call }) => call)).size]).toEqual([items, items]);
    expect((await jobs.board.progress(job.id)).state).toBe('completed');
    for (const { child } of processes) {
      const share = calls.filter((line) => line.process === child.pid).length / calls.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.7);
    }
  });

  it('finish what one of them had when it was killed, and ask for nothing again that was finished', async () => {
    const { jobs, job, processes, lines, begun } = await twoProcesses();
    const [killed, other] = processes;
    await vi.waitFor(() => expect(lines().length).toBeGreaterThan(30), { timeout: 60_000, interval: 20 });
    killed.child.kill('SIGKILL');
    await killed.ended;
    const after = lines().length;
    const finished = (await jobs.board.ended(job.id)).map(({ payload }) => {
      const { symbol, month } = payload as { readonly symbol: string; readonly month: string };
      return callName(symbol, month, false);
    });
    expect(await other.ended).toBe(true);
    // What ended between the kill and the look at the queue was begun before.
    const again = new Set(begun(lines().slice(after)).map(({ call }) => call));
    const before = lines().slice(0, after);
    expect(finished.filter((call) => again.has(call) && before.some((line) => line.call === call))).toEqual([]);
    expect(finished.length).toBeGreaterThan(5);
    expect(begun(lines()).length).toBeLessThanOrEqual(items + workers);
    expect((await jobs.board.progress(job.id)).items).toMatchObject({ completed: items, failed: 0 });
  });
});
