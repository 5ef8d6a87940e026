import { createAlphaVantageSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { vi } from 'vitest';
import { temporaryDirectory } from '../cli/command-line.ts';
import { type Daemon, spawnDaemon } from '../cli/daemon.ts';

/**
 * What `/metrics` of a daemon with a key answers, after one collection that went well, one that the vendor refused, and a
 * run of the schedule.
 */
export async function metricsOfDaemon(): Promise<string> {
  const directory = await temporaryDirectory();
  const vendor = await startSandboxServer(createAlphaVantageSandbox());
  const daemon = await spawnDaemon({
    MARKET_DATA_DIR: directory.path,
    ALPHA_VANTAGE_API_KEY: 'a-key',
    ALPHA_VANTAGE_BASE_URL: vendor.url,
    MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
  });
  try {
    await collected(daemon, ['IBM', 'INVALID']);
    await maintained(daemon);
    return (await daemon.ask('/metrics')).text;
  } finally {
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    await vendor.close();
    await directory.remove();
  }
}

/** Has daily bars collected, and follows the job's events to its end. */
async function collected(daemon: Daemon, symbols: readonly string[]): Promise<void> {
  const { token } = daemon;
  const body = { symbols, interval: 'daily' };
  const { json } = await daemon.ask('/api/v1/collections', { method: 'POST', token, body });
  await daemon.ask(`/api/v1/collections/${json.id}/events`);
}

/** Has the stores maintained, and waits for the end of that. */
async function maintained(daemon: Daemon): Promise<void> {
  const { token } = daemon;
  await daemon.ask('/api/v1/schedule/maintenance/runs', { method: 'POST', token });
  const isOver = async (): Promise<void> => {
    const { tasks } = (await daemon.ask('/api/v1/schedule')).json as unknown as {
      tasks: { name: string; last: unknown }[];
    };
    if (tasks.find(({ name }) => name === 'maintenance')?.last === null) throw new Error('it is still under way');
  };
  await vi.waitFor(isOver, { timeout: 20_000, interval: 50 });
}
