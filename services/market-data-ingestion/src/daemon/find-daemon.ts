import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DaemonClient } from './daemon-client.ts';
import { runFileNames } from './run-files.ts';

/** How long a daemon may take to say that it lives, in milliseconds. */
const patienceMs = 2000;

/**
 * The daemon that runs on a data directory; `undefined` when there is none. Files that a killed one left behind, and one
 * that does not answer, count as none.
 */
export async function findDaemon(directory: string): Promise<DaemonClient | undefined> {
  const [pid, address, token] = await Promise.all(
    [runFileNames.pid, runFileNames.address, runFileNames.token].map((name) => read(join(directory, name))),
  );
  if (pid === undefined || address === undefined || token === undefined || !isAlive(Number(pid))) return undefined;
  const url = URL.parse(address);
  if (url === null) return undefined;
  // Whoever listens everywhere listens on the loopback too.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  try {
    const { ok } = await fetch(new URL('/live', url), { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
    return ok ? new DaemonClient({ pid: Number(pid), address: url.href, token }) : undefined;
  } catch {
    return undefined;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
