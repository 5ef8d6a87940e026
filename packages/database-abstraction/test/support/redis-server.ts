import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether this machine can start a Redis of its own; where not, suites that need one are skipped by name. */
export const hasRedisServer: boolean = spawnSync('redis-server', ['--version']).status === 0;

/** A real `redis-server` of one test file, on a port of its own, with nothing on disk. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Starts it again on the same port, with nothing in it. */
  start(): Promise<void>;
  /** Ends it, as `SIGKILL` without a goodbye; also while it is held still. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Holds the process still: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Asks the server itself, on a connection for this one command. */
  ask(command: string, ...values: readonly string[]): Promise<unknown>;
  /** The connections to it, apart from the one that asks. */
  connections(): Promise<readonly string[]>;
  /** Ends it and takes its directory away. */
  close(): Promise<void>;
}

export async function startRedisServer(...options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      child = spawn(
        'redis-server',
        [
          '--port',
          `${port}`,
          '--bind',
          '127.0.0.1',
          '--dir',
          directory,
          '--save',
          '',
          '--appendonly',
          'no',
          ...options,
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
      await said(child, 'Ready to accept connections');
    },
    end: async (signal) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    ask: async (command, ...values) => {
      const client = new Redis({ host: '127.0.0.1', port, retryStrategy: null });
      try {
        return await client.call(command, ...values);
      } finally {
        client.disconnect();
      }
    },
    connections: async () => {
      const lines = String(await server.ask('CLIENT', 'LIST'))
        .trim()
        .split('\n');
      return lines.filter((line) => !line.includes('cmd=client|list'));
    },
    close: async () => {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

async function said(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server ended at once: ${output}`)));
  });
}
