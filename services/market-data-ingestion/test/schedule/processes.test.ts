import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { connectRedisScripts } from '../../src/quota/redis-scripts.ts';
import { RedisLeases } from '../../src/schedule/leases/redis-leases.ts';
import { recordText } from '../../src/schedule/run-record.ts';
import { redisPresent, startRedisServer } from '../quota/support/redis-server.ts';

interface Child {
  readonly process: ChildProcess;
  readonly words: string[];
  readonly ended: Promise<void>;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startReplica(socket: string): Promise<Child> {
  const directory = await mkdtemp(join(tmpdir(), 'replica-process-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const main = fileURLToPath(new URL('support/replica-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@quantumtrade/source', main, socket, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const words: string[] = [];
  child.stdout.on('data', (text: Buffer) => words.push(...text.toString().trim().split('\n')));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, words, ended };
}

it.skipIf(!redisPresent)(
  'processes run what was missed once, and again where the one that ran it was killed (redis-server absent)',
  async () => {
    const server = await startRedisServer();
    cleanups.push(() => server.remove());
    const scripts = connectRedisScripts(server.path);
    cleanups.push(() => scripts.close());
    const lease = await new RedisLeases({ scripts, scope: 'fake:replicas' }).acquire('nightly', { leaseMs: 1_000 });
    await lease?.write(recordText({ settled: Date.now() - 3 * 86_400_000 }));
    await lease?.release();

    const children = await Promise.all([1, 2, 3].map(() => startReplica(server.path)));
    const running = (): Child | undefined => children.find(({ words }) => words.includes('begun'));
    await expect.poll(running, { timeout: 10_000 }).toBeDefined();
    const killed = running() as Child;
    killed.process.kill('SIGKILL');
    const left = children.filter((child) => child !== killed);
    await Promise.all(left.map(({ ended }) => ended));
    expect(killed.words).toEqual(['begun']);
    expect(left.map(({ words }) => words.join(' ')).sort()).toEqual(['begun ended known', 'known']);
  },
  20_000,
);
