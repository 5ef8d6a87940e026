import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** `market-data serve` in a process of its own. */
export interface Daemon {
  readonly address: string;
  readonly token: string;
  readonly child: ChildProcess;
  /** Aborts when the process has ended. */
  readonly ended: AbortSignal;
  /** From the start of the process until `/ready` was answered with 200, in milliseconds. */
  readonly readyMs: number;
  get<T>(path: string): Promise<T>;
  /** What all of its threads have used, the engine's included, in milliseconds: a busy machine changes it little. */
  cpuMs(): Promise<number>;
  /** Ends the process and gives the milliseconds that it took. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
}

const main = fileURLToPath(new URL('../../services/market-data-ingestion/src/main.ts', import.meta.url));

/** Starts a daemon on any free port of the loopback, with a vendor that has no limits. */
export async function startDaemon(dataDirectory: string, vendorUrl: string): Promise<Daemon> {
  const pidFile = join(dataDirectory, 'serve.pid');
  await rm(pidFile, { force: true });
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=@quantumtrade/source', main, 'serve'], {
    stdio: 'ignore',
    env: {
      MARKET_DATA_DIR: dataDirectory,
      MARKET_DATA_HTTP__PORT: '0',
      MARKET_DATA_HTTP__REQUESTS_PER_MINUTE: 'none',
      MARKET_DATA_LOGGING__LEVEL: 'error',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_SECOND: 'none',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_MINUTE: 'none',
      MARKET_DATA_RATE_LIMITS__CALLS_PER_DAY: 'none',
      ALPHA_VANTAGE_API_KEY: 'key-of-the-benchmark',
      ALPHA_VANTAGE_BASE_URL: vendorUrl,
    },
  });
  const gone = new AbortController();
  child.once('exit', () => gone.abort());
  const read = async (name: string): Promise<string> => (await readFile(join(dataDirectory, name), 'utf8')).trim();
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
    if ((await read('serve.pid').catch(() => '')) === String(child.pid)) break;
    await pause(5);
  }
  const [address, token] = [await read('serve.address'), await read('serve.token')];
  const { status } = await fetch(new URL('/ready', address));
  if (status !== 200) throw new Error(`the daemon listens and is not ready: ${status}`);
  const readyMs = performance.now() - began;
  return {
    address,
    token,
    child,
    ended: gone.signal,
    readyMs,
    get: async <T>(path: string) => (await (await fetch(new URL(path, address), { signal: gone.signal })).json()) as T,
    cpuMs: async () => {
      const text = await (await fetch(new URL('/metrics', address))).text();
      return 1000 * Number(/^process_cpu_seconds_total\S* ([\d.e+-]+)/m.exec(text)?.[1]);
    },
    end: async (signal) => {
      const asked = performance.now();
      if (gone.signal.aborted) return 0;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      return performance.now() - asked;
    },
  };
}
