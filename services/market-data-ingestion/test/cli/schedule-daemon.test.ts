import { systemClock } from '@quantumtrade/core-defaults';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { LocalLeases } from '../../src/schedule/leases/local-leases.ts';
import { recordText } from '../../src/schedule/run-record.ts';
import { marketData, temporaryDirectory } from './command-line.ts';
import { type Daemon, spawnDaemon } from './daemon.ts';

// Processes and databases are begun here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const directory = await temporaryDirectory();
const environment = {
  MARKET_DATA_DIR: directory.path,
  MARKET_DATA_SCHEDULE__SYMBOLS: 'IBM,SPY',
  MARKET_DATA_SCHEDULE__BACKFILL__INTERVALS: '60min',
  MARKET_DATA_SCHEDULE__BACKFILL__MONTHS: '1',
  MARKET_DATA_JOBS__ITEMS_PER_SECOND: 'none',
};
let running: Daemon | undefined;
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
});
afterAll(() => directory.remove());

/** As if a daemon had run on this directory, and the task was last due and run so many days ago. */
async function lastRun(task: string, days: number): Promise<void> {
  const scope = 'alpha_vantage_sandbox:market_data';
  const leases = new LocalLeases({ clock: systemClock, directory: directory.path, scope });
  const lease = await leases.acquire(task, { leaseMs: 1_000 });
  await lease?.write(recordText({ settled: Date.now() - days * 86_400_000 }));
  await lease?.release();
  await leases.close();
}

async function tasksOf(daemon: Daemon): Promise<Record<string, unknown>[]> {
  const { schedule } = (await daemon.ask('/health')).json as unknown as {
    schedule: { tasks: Record<string, unknown>[] };
  };
  return schedule.tasks;
}

describe('a daemon', () => {
  it('makes up at its start for what was missed, shows it in its health, and lets commands ask it', async () => {
    await lastRun('daily', 30);
    running = await spawnDaemon(environment);
    const daemon = running;
    await expect
      .poll(async () => (await tasksOf(daemon))[0], { timeout: 20_000 })
      .toMatchObject({
        name: 'daily',
        state: 'waiting',
        last: { outcome: 'succeeded', summary: '2 of 2 series collected, 200 new bars' },
      });
    const [daily, weekly] = await tasksOf(daemon);
    const last = daily?.last as { missed: number; due: string } | undefined;
    expect(last?.missed).toBeGreaterThan(15);
    expect(Date.now() - Date.parse(last?.due ?? '')).toBeLessThan(5 * 86_400_000);
    expect(weekly).toMatchObject({
      name: 'weekly',
      last: null,
      next: [expect.stringContaining('T'), expect.anything(), expect.anything()],
    });
    expect((await daemon.ask('/metrics')).text).toMatch(/schedule_runs_total\{[^}]*task="daily"[^}]*\} 1\n/);

    const ran = await marketData(['schedule', 'run', 'weekly'], environment);
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('weekly succeeded: 4 of 4 series collected')]);
    const listed = await marketData(['schedule', '--json'], environment);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'daily', state: 'waiting' },
      { name: 'weekly', state: 'waiting', last: { outcome: 'succeeded', due: null } },
      { name: 'backfill', state: 'waiting', last: null },
      { name: 'maintenance', state: 'waiting', last: null },
    ]);
    const backfilled = await marketData(['schedule', 'run', 'backfill', '--json'], environment);
    expect(JSON.parse(backfilled.stdout)).toMatchObject({ outcome: 'succeeded', facts: { jobs: [{ items: 2 }] } });
    await expect
      .poll(async () => JSON.parse((await marketData(['jobs', '--json'], environment)).stdout), { timeout: 20_000 })
      .toMatchObject([{ interval: '60min', tier: 'T2', state: 'completed' }]);
    const unknown = await marketData(['schedule', 'run', 'hourly'], environment);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('there is no task "hourly"')]);

    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toMatchObject({ status: 0, signal: null });
  });
});
