import { createAlphaVantageSandbox, startSandboxServer } from '@quantumtrade/vendor-sandbox';
import { temporaryDirectory } from '../cli/command-line.ts';
import { type Daemon, spawnDaemon } from '../cli/daemon.ts';

/** What `/metrics` of a daemon with a key answers, after one collection that went well and one that the vendor refused. */
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
