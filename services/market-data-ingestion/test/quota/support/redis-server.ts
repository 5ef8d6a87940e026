import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a Redis server can be started here. */
export const redisPresent: boolean = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of a test's own, on a socket in a directory of its own. */
export interface RedisServer {
  /** What a client connects to. */
  readonly path: string;
  /** Ends the server as a crash does; `start` brings an empty one back. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startRedisServer(): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'quota-redis-'));
  const path = join(directory, 'redis.sock');
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    path,
    kill: async () => {
      const ending = child;
      child = undefined;
      if (ending === undefined) return;
      const ended = new Promise((resolve) => ending.once('close', resolve));
      ending.kill('SIGKILL');
      await ended;
      await rm(path, { force: true });
    },
    start: async () => {
      const words = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', directory];
      const started = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
      child = started;
      await new Promise<void>((resolve, reject) => {
        started.once('close', () => reject(new Error('redis-server did not start')));
        started.stdout?.on('data', (text: Buffer) => {
          if (text.toString().includes('eady to accept connections')) resolve();
        });
      });
    },
    remove: async () => {
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
